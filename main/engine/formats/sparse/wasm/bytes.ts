/** Instructions, sections and numbers of a WebAssembly module as bytes (WebAssembly core specification, chapter 5). */
export type Code = readonly number[];

/** LEB128 without a sign. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest > 0);
  return bytes;
}

/** LEB128 of a 32-bit number with a sign. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

export const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
};
export const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];

/** One section of a module. */
export function section(id: number, content: Code | Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id, ...unsigned(content.length)), Uint8Array.from(content)]);
}

export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

const simd = (code: number): number[] => [0xfd, ...unsigned(code)];

/** A float32's bytes. */
const floatBytes = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];
const alignment = (log: number, offset: number): number[] => [log, ...unsigned(offset)];

/** Instructions by the names of the specification; those that take numbers are functions. */
export const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  brIf: (depth: number) => [0x0d, ...unsigned(depth)],
  call: (index: number) => [0x10, ...unsigned(index)],
  get: (local: number) => [0x20, ...unsigned(local)],
  set: (local: number) => [0x21, ...unsigned(local)],
  tee: (local: number) => [0x22, ...unsigned(local)],
  i32: {
    load: (offset: number) => [0x28, ...alignment(2, offset)],
    const: (value: number) => [0x41, ...signed(value)],
    lt: [0x48],
    ge: [0x4e],
    add: [0x6a],
    mul: [0x6c],
    shl: [0x74],
  },
  f32: {
    load: (offset: number) => [0x2a, ...alignment(2, offset)],
    store: (offset: number) => [0x38, ...alignment(2, offset)],
    const: (value: number) => [0x43, ...floatBytes(value)],
    abs: [0x8b],
    neg: [0x8c],
    sqrt: [0x91],
    add: [0x92],
    sub: [0x93],
    mul: [0x94],
    div: [0x95],
  },
  v128: {
    // Values of tensors begin anywhere: the alignment of one value is promised.
    load: (offset: number) => [...simd(0), ...alignment(2, offset)],
    loadSplat: (offset: number) => [...simd(9), ...alignment(2, offset)],
    store: (offset: number) => [...simd(11), ...alignment(2, offset)],
    loadLane: (lane: number, offset: number) => [...simd(86), ...alignment(2, offset), lane],
    shuffle: (lanes: Code) => [...simd(13), ...lanes],
    and: simd(78),
    or: simd(80),
    bitselect: simd(82),
  },
  i32x4: {
    splatConst: (value: number) => [0x41, ...signed(value), ...simd(17)],
    shl: simd(171),
    shrU: simd(173),
    add: simd(174),
    sub: simd(177),
    truncSat: simd(248),
  },
  f32x4: {
    splatConst: (value: number) => [0x43, ...floatBytes(value), ...simd(19)],
    splat: simd(19),
    extract: (lane: number) => [...simd(31), lane],
    lt: simd(67),
    eq: simd(65),
    ge: simd(70),
    nearest: simd(106),
    abs: simd(224),
    neg: simd(225),
    sqrt: simd(227),
    add: simd(228),
    sub: simd(229),
    mul: simd(230),
    div: simd(231),
    pmin: simd(234),
    pmax: simd(235),
    convert: simd(250),
    relaxedMadd: simd(0x105),
  },
} as const;
