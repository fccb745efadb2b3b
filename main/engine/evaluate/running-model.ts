import { OnnxModel, type Answers, type OnnxOptions, type Runnable } from './onnx-model.ts';
import { isWasm, WasmModel } from './wasm-model.ts';

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
  prepare(values: Float32Array, batch: number): () => Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Opens a model: one of our WebAssembly modules by itself, anything else in onnxruntime.
 * @throws EspalierError when it cannot be loaded or does not have the expected input and output
 */
export async function openRunning(
  source: Uint8Array | Runnable,
  options: OnnxOptions = {},
): Promise<RunningModel> {
  const { model, feed }: Runnable = source instanceof Uint8Array ? { model: source } : source;
  if (typeof model !== 'string' && isWasm(model)) return WasmModel.open(model, { feed, file: options.file });
  return OnnxModel.open(source, options);
}
