import type { TensorData } from '../../../network/graph.ts';
import { littleEndianBytes } from '../../little-endian.ts';

/** Browsers keep files of this size in their cache. */
const MAX_SHARD = 4 * 2 ** 20;

/** A stored tensor of a TensorFlow.js model. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: 'float32' | 'int32';
  readonly tensor: TensorData;
}

/**
 * The tensors one after the other, cut into files of at most 4 MiB, and the manifest that says so.
 */
export function writeWeights(tensors: readonly StoredTensor[]): {
  manifest: unknown[];
  shards: { name: string; bytes: Uint8Array }[];
} {
  const bytes = Buffer.concat(
    tensors.map(({ dtype, tensor: { data } }) =>
      littleEndianBytes(dtype === 'int32' ? Int32Array.from(data) : data),
    ),
  );
  const count = Math.ceil(bytes.length / MAX_SHARD);
  const shards = Array.from({ length: count }, (_, i) => ({
    name: `group1-shard${i + 1}of${count}.bin`,
    bytes: bytes.subarray(i * MAX_SHARD, (i + 1) * MAX_SHARD),
  }));
  const weights = tensors.map(({ name, dtype, tensor: { shape } }) => ({ name, shape, dtype }));
  return { manifest: [{ paths: shards.map(({ name }) => name), weights }], shards };
}
