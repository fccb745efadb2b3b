import { type Helper, type Kernels, onThreads, type SharedCall } from './threads.ts';
import { unpack } from './unpack.ts';

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
  /** How many threads it runs on. */
  readonly threads: number;
  /**
   * Runs the network.
   * @param inputs one array for each input: as many samples as wanted, one behind the other
   * @returns the scores of all samples, one behind the other; of a network with several outputs, an array for each by name
   */
  run(...inputs: ArrayLike<number>[]): Float32Array | Record<string, Float32Array>;
  /** Samples as the network takes them, from numbers as the data have them. */
  normalize(values: ArrayLike<number>): Float32Array;
  /** Ends its other threads; it cannot run any more if it has some. */
  close(): void;
}

export interface OpenOptions {
  /** How many threads compute, this one among them. */
  readonly threads?: number;
  /** Starts one that runs a program: `begin(share)` in it is called with what `ready` is given. */
  readonly start?: (program: string) => Promise<Helper>;
}

/** Functions of other files, which cannot be imported where this one is written into `model.mjs`. */
interface Parts {
  readonly unpack: typeof unpack;
  /** Left out where there is to be one thread only. */
  readonly onThreads?: typeof onThreads;
}

/** What is used of the host's WebAssembly. */
interface Engine {
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ exports: Kernels & { run: () => void } }>;
  readonly Module: { customSections(module: object, name: string): ArrayBuffer[] };
  readonly Memory: new (size: { initial: number; maximum: number; shared: boolean }) => {
    readonly buffer: ArrayBuffer;
  };
}

/** Where a module's constants, inputs and outputs lie, as its section 'layout' says. */
interface Layout {
  readonly data: readonly number[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Pages of memory. */
  readonly pages: number;
  readonly calls: readonly SharedCall[];
}

/**
 * Makes a model of a module's bytes.
 * @throws what the engine throws for bytes that are no module; TypeError for another's module, TypeError and RangeError by `run` for what
 *   is no input
 */
export const openModel = (bytes: Uint8Array, options: OpenOptions = {}): Promise<Model> =>
  openWith({ unpack, onThreads }, bytes, options);

/** The same as an expression for programs of their own: a function of a module's bytes, and of options where it has threads. */
export function openText({ threads }: { readonly threads: boolean }): string {
  const parts = [`unpack: ${unpack.toString()}`, ...(threads ? [`onThreads: ${onThreads.toString()}`] : [])];
  return `((bytes, options = {}) => (${openWith.toString()})({ ${parts.join(', ')} }, bytes, options))`;
}

/** It uses nothing from outside but the parts that it is given. */
async function openWith(
  { unpack, onThreads }: Parts,
  bytes: Uint8Array,
  { threads: wanted = 1, start }: OpenOptions,
): Promise<Model> {
  const engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

  /** How many threads there can be. */
  function threadsFor(count: number): number {
    if (!Number.isInteger(count) || count < 1 || count > 64)
      throw new RangeError(`threads is a whole number from 1 to 64, not ${count}.`);
    if (count === 1 || onThreads === undefined || start === undefined) return 1;
    if (typeof SharedArrayBuffer !== 'undefined') return count;
    // This runs in programs of those who use the module.
    // eslint-disable-next-line no-console
    console.warn(
      'The network runs on one thread: there is no shared memory here. In a browser the page must be cross-origin isolated.',
    );
    return 1;
  }

  /** A module whose memory, which it imports under this name, is shared. */
  function withShared(given: Uint8Array): Uint8Array {
    const copy = given.slice();
    const name = [...'memory'].map((sign) => sign.charCodeAt(0));
    const mark = [name.length, ...name, name.length, ...name, 2];
    const at = copy.findIndex((_, i) => mark.every((byte, j) => copy[i + j] === byte));
    copy[at + mark.length] = 3;
    return copy;
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
  const threads = threadsFor(wanted);
  const shared = threads > 1;
  // Where the engine fuses products and sums, the faster form of the same code is taken.
  const fused = section('relaxed');
  const chosen = engine.validate(fused) ? fused : shared ? bytes : undefined;
  const code = chosen === undefined ? module : await engine.compile(shared ? withShared(chosen) : chosen);
  const { pages } = layout;
  const memory = new engine.Memory({ initial: pages, maximum: pages, shared });
  const { exports } = await engine.instantiate(code, { memory: { memory }, math: { pow: Math.pow } });
  unpack(section('constants'), memory.buffer, layout.data);
  const { calls } = layout;
  const alone = { run: exports.run, close: () => undefined };
  const { run, close } =
    shared && onThreads !== undefined && start !== undefined
      ? await onThreads({ threads, start, code, memory, kernels: exports, calls })
      : alone;

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
    threads,
    close,
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
