import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fileSize } from '../../../main/engine/evaluate/size.ts';
import { Random } from '../../../main/engine/base/random.ts';

describe('fileSize', () => {
  const random = Random.from(1, 'size');
  const weights = Float32Array.from({ length: 50_000 }, () => random.normal());
  const sparse = weights.map((value) => (random.float() < 0.9 ? 0 : value));

  it('shows zeroed weights in the gzipped size only', () => {
    const dense = fileSize(new Uint8Array(weights.buffer));
    const pruned = fileSize(new Uint8Array(sparse.buffer));
    expect(dense.bytes).toBe(200_000);
    expect(pruned.bytes).toBe(200_000);
    expect(pruned.gzipBytes).toBeLessThan(dense.gzipBytes / 4);
  });

  it('is the size of a gzip file that holds the content', () => {
    const content = new Uint8Array(sparse.buffer);
    const file = gzipSync(content, { level: 9 });
    expect(gunzipSync(file).equals(content)).toBe(true);
    expect(fileSize(content).gzipBytes).toBe(file.byteLength);
  });
});
