import { createHash } from 'node:crypto';
import type { Split } from './dataset.ts';
import { isMultiLabel } from './labels.ts';

/** What a fingerprint covers. */
export interface Content {
  readonly classes: readonly string[];
  readonly sampleShape: readonly number[];
  readonly train: Split;
  readonly validation: Split;
  readonly test: Split;
}

const bytesOf = (array: Uint8Array | Float32Array | Int32Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** sha-256 (hex) over classes, shape, and each split's samples and labels in order; little-endian machines only. */
export function fingerprint(content: Content): string {
  const { classes, sampleShape, train, validation, test } = content;
  const splits = [train, validation, test];
  const hash = createHash('sha256');
  const dtype = train.values instanceof Uint8Array ? 'uint8' : 'float32';
  const sizes = splits.map((split) => split.size);
  const form = isMultiLabel(train.labels) ? { labels: 'matrix' } : {};
  hash.update(JSON.stringify({ classes, sampleShape, dtype, sizes, ...form }));
  for (const split of splits) {
    hash.update(bytesOf(split.values));
    hash.update(bytesOf(split.labels));
  }
  return hash.digest('hex');
}
