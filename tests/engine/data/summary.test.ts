import { describe, expect, it } from 'vitest';
import { dataSummarySchema } from '../../../main/contract/catalog.ts';
import type { Dataset } from '../../../main/engine/data/dataset.ts';
import { summarize, thumbnails } from '../../../main/engine/data/summary.ts';

const split = (size: number, values: Uint8Array | Float32Array) => ({
  size,
  values,
  labels: Int32Array.from({ length: size }, (_, i) => i % 3),
});
const none = split(0, new Uint8Array(0));

const colours: Dataset = {
  name: 'colours',
  classes: ['a', 'b', 'c'],
  sampleShape: [3, 2, 1],
  train: split(
    8,
    Uint8Array.from({ length: 48 }, (_, i) => i),
  ),
  validation: none,
  test: none,
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  fingerprint: 'f',
};

describe('summarize', () => {
  it('counts, measures and fits the contract', () => {
    const summary = dataSummarySchema.parse(summarize(colours, { thumbnails: 5 }));
    expect(summary.sizes).toEqual({ train: 8, validation: 0, test: 0 });
    expect(summary.counts).toEqual([3, 3, 2]);
    expect(summary.range).toEqual({ min: 0, max: 47 });
    expect(summary.thumbnails.map(({ labels }) => labels)).toEqual([[0], [1], [2], [0], [1]]);
  });

  it('shows samples that are no images without pictures', () => {
    expect(summarize({ ...colours, sampleShape: [6] }).thumbnails).toEqual([]);
  });
});

describe('thumbnails', () => {
  it('are channels-last bytes', () => {
    const [picture] = thumbnails(colours, 'train', [1]);
    expect(picture).toMatchObject({ width: 1, height: 2, channels: 3, labels: [1] });
    expect([...Buffer.from(picture?.base64 ?? '', 'base64')]).toEqual([6, 8, 10, 7, 9, 11]);
  });

  it('stretch floats to the whole range of bytes', () => {
    const grey = { ...colours, sampleShape: [1, 1, 3], train: split(1, Float32Array.of(-1, 0, 1)) };
    const [picture] = thumbnails(grey, 'train', [0]);
    expect([...Buffer.from(picture?.base64 ?? '', 'base64')]).toEqual([0, 128, 255]);
  });

  it('refuse a sample that is not there', () => {
    expect(() => thumbnails(colours, 'test', [0])).toThrow(/no sample 0/);
  });
});
