/** What a module says of itself. */
export interface ModelInfo {
  readonly name: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  /** What the classes are called, in the order of the scores. */
  readonly labels: readonly string[];
  /** What every number of a sample becomes before it goes in: minus the mean, over the deviation, of its channel. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
  /** What the report says of it. */
  readonly report: { readonly accuracy: number | null; readonly sparsity: number | null };
}

interface PortInfo {
  readonly name: string;
  /** Of one sample, row-major. */
  readonly shape: readonly number[];
}

export interface Model {
  readonly info: ModelInfo;
  /**
   * Runs the network.
   * @param inputs one array for each input: as many samples as wanted, one behind the other
   * @returns the scores of all samples, one behind the other; of a network with several outputs, an array for each by name
   */
  run(...inputs: ArrayLike<number>[]): Float32Array | Record<string, Float32Array>;
  /** Samples as the network takes them, from numbers as the data have them. */
  normalize(values: ArrayLike<number>): Float32Array;
}

/** What is used of the host's WebAssembly. */
interface Engine {
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(
    module: object,
    imports: object,
  ): Promise<{ exports: { memory: { buffer: ArrayBuffer }; run: () => void } }>;
  readonly Module: { customSections(module: object, name: string): ArrayBuffer[] };
}

/** Where a module's constants, inputs and outputs lie, as its section 'layout' says. */
interface Layout {
  readonly data: readonly number[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/**
 * Makes a model of a module's bytes. This function is written into `model.mjs` as it stands, and so uses nothing from outside.
 * @throws what the engine throws for bytes that are no module; TypeError for another's module, TypeError and RangeError by `run` for what
 *   is no input
 */
export async function openModel(bytes: Uint8Array): Promise<Model> {
  const engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

  /** LEB128 numbers of some bytes, one after the other. */
  function reader(from: Uint8Array, start: number) {
    let at = start;
    return {
      number(): number {
        let [value, factor] = [0, 1];
        for (;;) {
          const byte = from[at++] ?? 0;
          value += (byte % 128) * factor;
          if (byte < 128) return value;
          factor *= 128;
        }
      },
      take(count: number): Uint8Array {
        at += count;
        return from.subarray(at - count, at);
      },
      gaps(count: number, power: number, use: (gap: number, i: number) => void): void {
        let bits = 0;
        const bit = () => ((from[at + (bits >> 3)] ?? 0) >> (bits++ & 7)) & 1;
        for (let i = 0; i < count; i++) {
          let gap = 0;
          while (bit() === 1) gap += 2 ** power;
          for (let j = 0; j < power; j++) gap += bit() * 2 ** j;
          use(gap, i);
        }
        at += (bits + 7) >> 3;
      },
    };
  }

  const floatsIn = (packed: Uint8Array) => new DataView(packed.buffer, packed.byteOffset, packed.byteLength);

  /** Whole numbers by their differences. */
  function sequence(
    next: ReturnType<typeof reader>,
    length: number,
    use: (value: number, i: number) => void,
  ): void {
    let last = 0;
    const add = (coded: number, i: number) => {
      last += coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
      use(last, i);
    };
    const distinct = next.number();
    if (distinct === 0) {
      for (let i = 0; i < length; i++) add(next.number(), i);
      return;
    }
    const differences = Array.from({ length: distinct }, () => next.number());
    next.gaps(length, next.number(), (rank, i) => add(differences[rank] ?? 0, i));
  }

  /** Writes the constants to their places; the inverse of the packing in the program that wrote the module. */
  function unpack(packed: Uint8Array, memory: ArrayBuffer, places: readonly number[]): void {
    const next = reader(packed, 0);
    for (const place of places) {
      const kind = next.number();
      const length = next.number();
      if (kind < 2) {
        const values = new Float32Array(memory, place, length);
        if (kind === 0) {
          const view = floatsIn(next.take(length * 4));
          for (let i = 0; i < length; i++) values[i] = view.getFloat32(i * 4, true);
          continue;
        }
        const [count, power] = [next.number(), next.number()];
        const where = new Uint32Array(count);
        next.gaps(count, power, (gap, i) => (where[i] = i === 0 ? gap : (where[i - 1] ?? 0) + 1 + gap));
        const view = floatsIn(next.take(count * 4));
        where.forEach((to, i) => (values[to] = view.getFloat32(i * 4, true)));
        continue;
      }
      // Positions are addresses there: of values of four bytes.
      const table = new Uint32Array(memory, place, length);
      if (kind === 2) {
        sequence(next, length, (value, i) => (table[i] = value * 4));
        continue;
      }
      const count = next.number();
      const columns = new Uint32Array(count);
      sequence(next, count, (value, i) => (columns[i] = value));
      let rank = -1;
      next.gaps(length, next.number(), (gap, i) => {
        rank = (rank + 1 + gap) % count;
        table[i] = (columns[rank] ?? 0) * 4;
      });
    }
  }

  const module = await engine.compile(bytes);
  const section = (name: string): Uint8Array => {
    const [content] = engine.Module.customSections(module, name);
    if (content === undefined) {
      throw new TypeError(`This module is none of Espalier's: its section '${name}' is missing.`);
    }
    return new Uint8Array(content);
  };
  const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(section(name)));
  const info = json('about') as ModelInfo;
  const layout = json('layout') as Layout;
  // Where the engine fuses products and sums, the faster form of the same code is taken.
  const fused = section('relaxed');
  const code = engine.validate(fused) ? await engine.compile(fused) : module;
  const { memory, run } = (await engine.instantiate(code, { math: { pow: Math.pow } })).exports;
  unpack(section('constants'), memory.buffer, layout.data);

  const sizeOf = ({ shape }: PortInfo) => shape.reduce((size, dim) => size * dim, 1);
  const arrays = (ports: readonly PortInfo[], places: readonly number[]) =>
    ports.map((port, i) => new Float32Array(memory.buffer, places[i] ?? 0, sizeOf(port)));
  const inputs = arrays(info.inputs, layout.inputs);
  const outputs = arrays(info.outputs, layout.outputs);

  function checked(given: readonly unknown[]): number {
    if (given.length !== inputs.length) {
      throw new TypeError(
        `run() takes ${inputs.length} arrays (${info.inputs.map(({ name }) => name).join(', ')}), not ${given.length}.`,
      );
    }
    const counts = info.inputs.map((port, i) => {
      const value = given[i] as ArrayLike<number> | null | undefined;
      const isArray = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
      if (value === undefined || value === null || !isArray || typeof value[0] !== 'number') {
        throw new TypeError(`'${port.name}' must be an array of numbers, best a Float32Array.`);
      }
      const count = value.length / sizeOf(port);
      if (!Number.isInteger(count) || count === 0) {
        throw new RangeError(
          `'${port.name}' has ${value.length} numbers; a sample has ${sizeOf(port)} (${port.shape.join(' x ')}), and any number of samples may follow one another.`,
        );
      }
      return count;
    });
    const [first = 0] = counts;
    if (counts.some((count) => count !== first))
      throw new RangeError('All inputs must have as many samples.');
    return first;
  }

  return {
    info,
    run(...given) {
      const samples = checked(given);
      const made = outputs.map((output) => new Float32Array(output.length * samples));
      for (let sample = 0; sample < samples; sample++) {
        inputs.forEach((input, i) => {
          const values = given[i] as Float32Array;
          const from = sample * input.length;
          if (samples === 1) input.set(values);
          else if (ArrayBuffer.isView(values)) input.set(values.subarray(from, from + input.length));
          else input.set(Array.prototype.slice.call(values, from, from + input.length) as number[]);
        });
        run();
        outputs.forEach((output, i) => made[i]?.set(output, sample * output.length));
      }
      const [only = new Float32Array()] = made;
      if (made.length === 1) return only;
      return Object.fromEntries(info.outputs.map(({ name }, i) => [name, made[i] ?? only]));
    },
    normalize(values) {
      const { mean, std } = info.normalization ?? { mean: [0], std: [1] };
      const [port] = info.inputs;
      const size = port === undefined ? 1 : sizeOf(port);
      const each = size / mean.length;
      return Float32Array.from({ length: values.length }, (_, i) => {
        const channel = Math.floor((i % size) / each);
        return ((values[i] ?? 0) - (mean[channel] ?? 0)) / (std[channel] ?? 1);
      });
    },
  };
}
