import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';

/** Numbers from 0 to 1 of a generator of one line (Park and Miller), which other programs can repeat. */
export function parkMiller(size: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: size }, () => (state = (state * 16807) % 2147483647) / 2147483647);
}

/** A batch of one with its channels first: other programs have [1, height, width, channels]. */
function channelsFirst(
  data: Float32Array,
  shape: readonly number[],
): { shape: number[]; data: Float32Array } {
  const [, height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 4) return { shape: [...shape], data };
  const plane = height * width;
  return {
    shape: [1, channels, height, width],
    data: Float32Array.from(data, (_, i) => data[(i % plane) * channels + Math.floor(i / plane)] ?? NaN),
  };
}

/** What the network computes in onnxruntime, by the names of its outputs. */
export async function answers(
  network: Network,
  weights: WeightSet,
  data: Float32Array,
  shape: readonly number[],
): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(writeOnnx(network, weights), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const given = channelsFirst(data, shape);
    const found = await session.run({
      [session.inputNames[0] ?? '']: new Tensor('float32', given.data, given.shape),
    });
    return Object.fromEntries(
      Object.entries(found).map(([name, tensor]) => [name, tensor.data as Float32Array]),
    );
  } finally {
    await session.release();
  }
}

export function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN))));
}
