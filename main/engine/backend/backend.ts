import type * as tf from '@tensorflow/tfjs-core';

/** Numbers on the host's side: what goes into a compiled step and what comes out. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export type TensorRecord = Record<string, tf.Tensor>;
export type HostRecord = Record<string, HostTensor>;

/**
 * One step as a pure function: from this call's inputs and the state that persists, to outputs that are read on the host
 * and the new values of those state entries that change. It must not read values (`dataSync`) nor use tensors from outside.
 */
export type StepFunction = (
  inputs: TensorRecord,
  state: TensorRecord,
) => { outputs: TensorRecord; state: TensorRecord };

/** Named tensors that live on the device between steps: weights, masks, optimiser slots. Shapes are fixed at creation. */
export interface DeviceState {
  /** Copies entries to the host; all of them when `names` is left out. The arrays belong to the caller. */
  read(names?: readonly string[]): Promise<HostRecord>;
  /** Replaces entries; names must exist and shapes must match. The arrays are copied. */
  write(values: HostRecord): void;
  dispose(): void;
}

/**
 * A step that is traced once per signature (names, shapes, dtypes of inputs and state) and then only replayed, where the
 * backend can do that; elsewhere the function is simply called.
 */
export interface CompiledStep {
  /** Runs one step: reads `state`, replaces the entries that the step returns, gives the outputs as fresh arrays. */
  run(state: DeviceState, inputs: HostRecord): Promise<HostRecord>;
  dispose(): void;
}

/** What executes the numerics of a run. Exactly one is active in a process. */
export interface Backend {
  /** 'tensorflow', 'onnxruntime' or 'cpu'. */
  readonly name: string;
  /** For people and reports, e.g. 'CPU, 2 threads (onnxruntime 1.30.0)'. */
  readonly device: string;
  createState(values: HostRecord): DeviceState;
  compile(step: StepFunction): CompiledStep;
  dispose(): Promise<void>;
}
