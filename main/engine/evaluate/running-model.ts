import type { CFiles } from '../formats/own-program.ts';
import { CModel } from './c/c-model.ts';
import { OnnxModel, type Answers, type OnnxOptions, type OnnxRunnable } from './onnx-model.ts';
import { isWasm, WasmModel } from './wasm-model.ts';

/** A model as whatever runs it gets it. */
export interface Runnable extends Pick<OnnxRunnable, 'feed'> {
  readonly model: OnnxRunnable['model'] | CFiles;
}

/** A model that runs, whatever runs it. */
export interface RunningModel {
  readonly threads: number;
  /** The batch size that the model insists on; null when it is open. */
  readonly fixedBatch: number | null;
  /** The logits of a batch of normalised samples: [batch, classes], row-major. */
  run(values: Float32Array, batch: number): Promise<{ logits: Float32Array; classes: number }>;
  /** The answers of a batch as the file gives them. */
  answers(values: Float32Array, batch: number): Promise<Answers>;
  /** A call with everything prepared, for timing: nothing but the model's own work happens in it. */
  prepare(values: Float32Array, batch: number): TimedCall;
  close(): Promise<void>;
}

/** A call, which gives its milliseconds where it measures them itself: what brings it its samples may not count. */
type TimedCall = () => Promise<number | undefined>;

/**
 * Opens a model: our WebAssembly modules and our C by themselves, anything else in onnxruntime.
 * @throws EspalierError when it cannot be loaded or does not have the expected input and output
 */
export async function openRunning(
  source: Uint8Array | Runnable,
  options: OnnxOptions = {},
): Promise<RunningModel> {
  const { model, feed }: Runnable = source instanceof Uint8Array ? { model: source } : source;
  if (typeof model === 'string') return OnnxModel.open({ model, feed }, options);
  if (!(model instanceof Uint8Array)) return CModel.open(model, { feed, file: options.file });
  if (isWasm(model)) return WasmModel.open(model, { feed, file: options.file });
  return OnnxModel.open({ model, feed }, options);
}
