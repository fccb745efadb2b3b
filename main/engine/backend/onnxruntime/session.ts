import { env, type InferenceSession, Tensor } from 'onnxruntime-node';
import { type Binding, binding, initOrt } from 'onnxruntime-node/dist/binding.js';
import { ARRAYS, type HostArray, type ValueType } from './graph.ts';

/** The first output of models with large results: bfloat16, which onnxruntime-node cannot hand over. */
export const STOP = { name: 'stop', type: 16, message: 'Tensor type (16) is not supported.' } as const;

/**
 * onnxruntime's synchronous session. The public API only wraps it in setImmediate; a tfjs backend must be able to answer
 * `dataSync`, so this uses the binding underneath.
 */
export class Session {
  protected readonly native: Binding.InferenceSession;
  private readonly profiled: boolean;

  constructor(
    model: Uint8Array,
    options: SessionOptions,
    { cpuNodes, outputs }: Placement = { cpuNodes: [] },
  ) {
    // What goes wrong is thrown; the log would say it a second time, in the middle of a progress bar.
    env.logLevel = 'fatal';
    initOrt();
    this.profiled = options.profile !== undefined;
    this.native = new binding.InferenceSession();
    this.native.loadModel(model.buffer as ArrayBuffer, model.byteOffset, model.byteLength, {
      executionProviders: options.providers.map((name) =>
        name === 'webgpu' && cpuNodes.length > 0 ? { name, forceCpuNodeNames: cpuNodes } : name,
      ),
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: options.optimize,
      // onnxruntime would plan a run's memory as one more block, up to half as much again, and not be faster for it.
      enableMemPattern: false,
      ...(outputs === undefined ? {} : { preferredOutputLocation: outputs }),
      extra: {
        session: {
          intra_op: { allow_spinning: options.spin ? '1' : '0' },
          // Threads wait actively for work inside a run only: between runs the cores belong to others.
          force_spinning_stop: '1',
        },
      },
      ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
    } satisfies InferenceSession.SessionOptions);
  }

  /**
   * Runs the graph and leaves the results in the arrays of `fetches`.
   *
   * onnxruntime-node 1.30 writes outputs into the tensors that it is given, but then copies every one of them once more, into
   * an array of its own that nobody asked for: several ms for the weights of a small network. It goes through the outputs in
   * order and stops at one whose type JavaScript has no array for, so models here have such an output first (`STOP`).
   * A version that did not stop would only be slower. Where results are small the copies cost less than stopping.
   * @param stop whether the model has that output
   */
  run(feeds: Record<string, Tensor>, fetches: Record<string, Tensor>, stop = true): void {
    if (!stop) {
      this.native.run(feeds, fetches, {});
      return;
    }
    try {
      const outputs: Record<string, Tensor | null> = { [STOP.name]: null, ...fetches };
      this.native.run(feeds, outputs, {});
    } catch (error) {
      if (!(error instanceof Error && error.message === STOP.message)) throw error;
    }
  }

  dispose(): void {
    if (this.profiled) this.native.endProfiling();
    this.native.dispose();
  }
}

/** Where parts of a graph lie when an execution provider other than the CPU runs it. */
export interface Placement {
  /** Operations that the preferred provider must leave to the CPU (`faults.ts`). */
  readonly cpuNodes: readonly string[];
  /** Where each output is to be left, for `device-memory.ts`; on the host when left out. */
  readonly outputs?: Readonly<Record<string, 'cpu' | 'gpu-buffer'>>;
}

export interface SessionOptions {
  /** Worker threads inside an operation; fixed, because results may depend on it in the last bit. */
  readonly threads: number;
  /** onnxruntime's execution providers, the preferred first. */
  readonly providers: readonly string[];
  readonly optimize: 'disabled' | 'basic' | 'extended' | 'all';
  /** Whether threads wait actively inside a run: quicker where many small operations follow each other. */
  readonly spin: boolean;
  /** Prefix of the profile's file, which is written on disposal; no profile when left out. */
  readonly profile?: string;
}

/** An onnxruntime tensor over an array, without copying it. */
export function tensorOf(type: ValueType, data: HostArray, shape: readonly number[]): Tensor {
  return new Tensor(type as 'float32', data as Float32Array, shape);
}

/** A tensor over a fresh array. */
export function emptyTensor(type: ValueType, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return tensorOf(type, new ARRAYS[type](size), shape);
}
