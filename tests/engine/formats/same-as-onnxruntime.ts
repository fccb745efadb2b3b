import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { type ReadOnnxOptions, readOnnx } from '../../../main/engine/formats/onnx/read/read.ts';
import { difference, normalTensor, runTf } from '../network/run.ts';

/** Reads a model and compares it with onnxruntime for two batch sizes. */
export async function expectSame(
  bytes: Uint8Array,
  batches = [1, 3],
  options: ReadOnnxOptions = {},
): Promise<ReturnType<typeof readOnnx>> {
  const read = readOnnx(bytes, options);
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const shape = read.network.inputs[0]?.shape ?? [];
  for (const batch of batches) {
    const x = normalTensor([batch, ...shape], 'x');
    const output = (await session.run({ x: new Tensor('float32', x.data, x.shape) }))[
      session.outputNames[0] ?? ''
    ];
    if (output === undefined) throw new Error('no output');
    const ours = runTf({ ...read.network, outputs: [session.outputNames[0] ?? ''] }, read.weights, { x });
    expect(difference(ours, { shape: output.dims, data: output.data as Float32Array })).toBeLessThan(1e-5);
  }
  return read;
}
