import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import type { Network, TensorData, WeightSet } from '../../../main/engine/network/graph.ts';

/** All outputs of a network in onnxruntime, one after the other; its inputs in their order. */
export async function runOrt(
  network: Network,
  weights: WeightSet,
  inputs: readonly TensorData[],
): Promise<number[]> {
  return runOrtFile(writeOnnx(network, weights), inputs);
}

/** All outputs of an .onnx file, one after the other. */
export async function runOrtFile(bytes: Uint8Array, inputs: readonly TensorData[]): Promise<number[]> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    const feeds = inputs.map(({ shape, data }, i): [string, Tensor] => [
      session.inputNames[i] ?? '',
      new Tensor('float32', data, shape),
    ]);
    const found = await session.run(Object.fromEntries(feeds));
    return session.outputNames.flatMap((name) => [...(found[name]?.data as Float32Array)]);
  } finally {
    await session.release();
  }
}
