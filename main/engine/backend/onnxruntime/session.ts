import { env, type InferenceSession, Tensor } from 'onnxruntime-node';
import { type Binding, binding, initOrt } from 'onnxruntime-node/dist/binding.js';
import type { HostArray, ValueType } from './graph.ts';

/**
 * onnxruntime's synchronous session. The public API only wraps it in setImmediate; a tfjs backend must be able to answer
 * `dataSync`, so this uses the binding underneath.
 */
export class Session {
  private readonly native: Binding.InferenceSession;

  constructor(model: Uint8Array, options: SessionOptions) {
    // What goes wrong is thrown; the log would say it a second time, in the middle of a progress bar.
    env.logLevel = 'fatal';
    initOrt();
    this.native = new binding.InferenceSession();
    this.native.loadModel(model.buffer as ArrayBuffer, model.byteOffset, model.byteLength, {
      executionProviders: [...options.providers],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: options.optimize,
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

  /** Runs the graph. A tensor among `fetches` is written in place; null asks for a fresh one. */
  run(feeds: Record<string, Tensor>, fetches: Record<string, Tensor | null>): Record<string, Tensor> {
    return this.native.run(feeds, fetches, {});
  }

  /** Writes the profile that the options asked for. */
  endProfiling(): void {
    this.native.endProfiling();
  }

  dispose(): void {
    this.native.dispose();
  }
}

export interface SessionOptions {
  /** Worker threads inside an operation; fixed, because results may depend on it in the last bit. */
  readonly threads: number;
  /** onnxruntime's execution providers, the preferred first. */
  readonly providers: readonly string[];
  readonly optimize: 'disabled' | 'basic' | 'extended' | 'all';
  /** Whether threads wait actively inside a run: quicker where many small operations follow each other. */
  readonly spin: boolean;
  /** Prefix of the profile's file; no profile when left out. */
  readonly profile?: string;
}

/** An onnxruntime tensor over an array, without copying it. */
export function tensorOf(type: ValueType, data: HostArray, shape: readonly number[]): Tensor {
  return new Tensor(type as 'float32', data as Float32Array, shape);
}
