import { describe, expect, it } from 'vitest';
import { batchCount, batches } from '../../../main/engine/data/batches.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { drawPlacement, placeImage } from '../../../main/engine/data/augment.ts';
import { scaler } from '../../../main/engine/data/scale.ts';

const shape = [2, 4, 5];
const pixels = 40;
const size = 23;
const normalization = { mean: [10, 20], std: [2, 4] };
const dataset = { sampleShape: shape, normalization };
const bytes = Uint8Array.from({ length: size * pixels }, (_, i) => (i * 31 + 7) % 256);
const split = { size, values: bytes, labels: Int32Array.from({ length: size }, (_, i) => i) };
const floats = { ...split, values: Float32Array.from(bytes) };

/** The definition, written out. */
const normalized = (sample: number, i: number) => {
  const c = Math.floor(i / (pixels / 2));
  return ((bytes[sample * pixels + i] ?? 0) - (normalization.mean[c] ?? 0)) / (normalization.std[c] ?? 1);
};

describe('batches', () => {
  it.each([
    ['bytes', split],
    ['floats', floats],
  ])('normalise %s by channel and keep order when sequential', (_, part) => {
    let sample = 0;
    for (const batch of batches(part, dataset, { batchSize: 10, order: 'sequential' })) {
      for (let i = 0; i < batch.size; i++, sample++) {
        expect(batch.y[i]).toBe(sample);
        for (let p = 0; p < pixels; p++)
          expect(batch.x[i * pixels + p]).toBeCloseTo(normalized(sample, p), 5);
      }
    }
    expect(sample).toBe(size);
  });

  const order = (seed: number, epoch: number) =>
    [
      ...batches(split, dataset, {
        batchSize: 4,
        order: 'shuffled',
        random: Random.from(seed, `epoch/${epoch}`),
      }),
    ].flatMap(({ y }) => [...y]);

  it('shuffle into a permutation that depends on seed and epoch alone', () => {
    expect(order(1, 0).toSorted((a, b) => a - b)).toEqual([...split.labels]);
    expect(order(1, 3)).toEqual(order(1, 3));
    expect(order(1, 3)).not.toEqual(order(1, 4));
    expect(order(1, 3)).not.toEqual(order(2, 3));
  });

  it('keep each sample with its label when shuffled', () => {
    for (const { x, y, size: n } of batches(split, dataset, {
      batchSize: 8,
      order: 'shuffled',
      random: Random.from(5, `epoch/${0}`),
    })) {
      for (let i = 0; i < n; i++) expect(x[i * pixels + 3]).toBeCloseTo(normalized(y[i] ?? -1, 3), 5);
    }
  });

  it('end with a smaller batch', () => {
    const all = [...batches(split, dataset, { batchSize: 10, order: 'sequential' })];
    expect(all.map((batch) => batch.size)).toEqual([10, 10, 3]);
    expect(batchCount(split, 10)).toBe(3);
  });

  it('hand out fresh arrays that own all of their memory', () => {
    const all = [...batches(split, dataset, { batchSize: 10, order: 'sequential' })];
    expect(new Set(all.map(({ x }) => x.buffer)).size).toBe(3);
    for (const { x, y, size: n } of all) {
      expect(x.buffer.byteLength).toBe(4 * n * pixels);
      expect(y.buffer.byteLength).toBe(4 * n);
    }
  });

  it('yield nothing for an empty split and refuse a batch size of 0', () => {
    const empty = { size: 0, values: new Uint8Array(0), labels: new Int32Array(0) };
    expect([...batches(empty, dataset, { batchSize: 4, order: 'sequential' })]).toEqual([]);
    expect(() => [...batches(split, dataset, { batchSize: 0, order: 'sequential' })]).toThrow(RangeError);
  });
});

describe('augmentation', () => {
  const scale = scaler(split.values, dataset);

  it.each([0, 1, -1, 2, -3, 4, 7])('is padding, cropping and mirroring for a shift of %i', (shift) => {
    for (const flip of [false, true]) {
      for (const [down, right] of [
        [shift, 0],
        [0, shift],
        [shift, -shift],
      ] as const) {
        const x = new Float32Array(pixels);
        placeImage(scale, 3 * pixels, x, 0, { flip, down, right });
        for (let c = 0; c < 2; c++) {
          for (let row = 0; row < 4; row++) {
            for (let column = 0; column < 5; column++) {
              const fromRow = row - down;
              const mirrored = column - right;
              const inside = fromRow >= 0 && fromRow < 4 && mirrored >= 0 && mirrored < 5;
              const fromColumn = flip ? 4 - mirrored : mirrored;
              const expected = inside
                ? normalized(3, c * 20 + fromRow * 5 + fromColumn)
                : -(normalization.mean[c] ?? 0) / (normalization.std[c] ?? 1);
              expect(x[c * 20 + row * 5 + column]).toBeCloseTo(expected, 5);
            }
          }
        }
      }
    }
  });

  it('draws both mirrorings and every shift about equally often', () => {
    const random = Random.from(1, `epoch/${0}`);
    const drawn = Array.from({ length: 9000 }, () => drawPlacement({ flip: true, crop: 1 }, random));
    expect(drawn.filter(({ flip }) => flip).length / 9000).toBeCloseTo(0.5, 1);
    for (const down of [-1, 0, 1]) {
      for (const right of [-1, 0, 1]) {
        const count = drawn.filter((place) => place.down === down && place.right === right).length;
        // 1000 expected, standard deviation 30.
        expect(Math.abs(count - 1000)).toBeLessThan(150);
      }
    }
  });

  it('is the same again for the same seed and epoch, and leaves labels alone', () => {
    const epoch = (n: number) => [
      ...batches(split, dataset, {
        batchSize: 8,
        order: 'shuffled',
        random: Random.from(1, `epoch/${n}`),
        augment: { flip: true, crop: 2 },
      }),
    ];
    expect(epoch(2)).toEqual(epoch(2));
    expect(epoch(2)).not.toEqual(epoch(3));
    expect(
      epoch(2)
        .flatMap(({ y }) => [...y])
        .toSorted((a, b) => a - b),
    ).toEqual([...split.labels]);
  });
});
