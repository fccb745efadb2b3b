import type { Batch } from '../data/batches.ts';
import type { HostRecord } from './backend.ts';

/** A batch as the inputs of a step. */
export function fed({ x, y, size }: Batch, sampleShape: readonly number[]): HostRecord {
  return {
    x: { shape: [size, ...sampleShape], data: x },
    y: { shape: y instanceof Int32Array ? [size] : [size, y.length / size], data: y },
  };
}
