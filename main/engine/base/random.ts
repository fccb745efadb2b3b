/** All that a generator needs to go on exactly where it was; plain JSON. */
export interface RandomState {
  /** The four 32-bit words of xoshiro128**. */
  readonly words: readonly number[];
  /** The second value of the last pair of normal variates, when it was not handed out yet. */
  readonly spare: number | null;
}

/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), its state filled by splitmix64 from a hash of the seed and
 * a label. Each part of a run draws from a generator of its own label, so that one more draw in the data's augmentation
 * does not change the weights.
 */
export class Random {
  private readonly words: Uint32Array;
  private spare: number | null = null;

  private constructor(words: Uint32Array) {
    this.words = words;
  }

  /** The generator of `seed` for one purpose: `Random.from(1, 'weights')`. Equal arguments give equal sequences. */
  static from(seed: number, label = ''): Random {
    let state = hash64(`${seed}/${label}`);
    const words = new Uint32Array(4);
    for (let i = 0; i < 4; i += 2) {
      state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
      const mixed = mix64(state);
      words[i] = Number(mixed & 0xffffffffn);
      words[i + 1] = Number(mixed >> 32n);
    }
    return new Random(words);
  }

  /** A generator that goes on from a saved state. */
  static resume(state: RandomState): Random {
    const random = new Random(new Uint32Array(4));
    random.restore(state);
    return random;
  }

  /** The next 32 random bits, as an integer in [0, 2^32). */
  bits(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.words;
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    this.words[0] = a ^ d ^ b;
    this.words[1] = b ^ c ^ a;
    this.words[2] = c ^ a ^ (b << 9);
    this.words[3] = rotateLeft(d ^ b, 11);
    return result;
  }

  /** Uniform in [0, 1), in steps of 2^-24, so that it stays below 1 when it is stored as a float32. */
  float(): number {
    return (this.bits() >>> 8) / 0x1000000;
  }

  /** Fills an array with what as many calls of `float` would give, several times faster. */
  fill(target: Float32Array): void {
    let [a = 0, b = 0, c = 0, d = 0] = this.words;
    for (let i = 0; i < target.length; i++) {
      target[i] = (Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 8) / 0x1000000;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotateLeft(d, 11);
    }
    this.words.set([a, b, c, d]);
  }

  /** Uniform integer in [0, n), without the bias of a remainder; 1 <= n <= 2^32. */
  int(n: number): number {
    const limit = 0x100000000 - (0x100000000 % n);
    let value = this.bits();
    while (value >= limit) value = this.bits();
    return value % n;
  }

  /** Standard normal, by Box and Muller's transform. */
  normal(): number {
    if (this.spare !== null) {
      const value = this.spare;
      this.spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log((this.bits() + 0.5) / 0x100000000));
    const angle = (2 * Math.PI * this.bits()) / 0x100000000;
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends Int32Array | Uint32Array | unknown[]>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }

  /** A copy of the state, to be kept in a checkpoint. */
  state(): RandomState {
    return { words: [...this.words], spare: this.spare };
  }

  /** Goes back to a state that `state()` gave, here or in another process. */
  restore(state: RandomState): void {
    if (state.words.length !== 4 || state.words.every((word) => word === 0)) {
      throw new RangeError('the state of a random generator is four 32-bit words, not all zero');
    }
    this.words.set(state.words);
    this.spare = state.spare;
  }
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** FNV-1a over the text's UTF-8 bytes, 64 bits. */
function hash64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

/** The output function of splitmix64 (Steele, Lea and Flood 2014). */
function mix64(state: bigint): bigint {
  let z = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}
