import { describe, expect, it } from 'vitest';
import { bitmapOf, gapsOf } from '../../../main/engine/formats/archive/masks.ts';
import { encodingBytes, smallest, sparsityOf } from '../../../main/engine/formats/encodings.ts';
import { Random } from '../../../main/engine/base/random.ts';

const bits = (data: Float32Array) => new Uint32Array(data.buffer);

/** [rows, columns] with this share of non-zeros, the zeros alone or in runs. */
function matrix(rows: number, columns: number, share: number, runs: number): Float32Array {
  const random = Random.from(1, `${rows} ${columns} ${share} ${runs}`);
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < data.length; i += runs) {
    if (random.float() < share) data.fill(random.normal(), i, i + runs);
  }
  return data;
}

/** Compressed sparse rows, really built. */
function csrOf(data: Float32Array, rows: number, columns: number): number {
  const starts = new Int32Array(rows + 1);
  const places: number[] = [];
  const values: number[] = [];
  data.forEach((value, i) => {
    if (value === 0) return;
    places.push(i % columns);
    values.push(value);
    starts[Math.floor(i / columns) + 1] = values.length;
  });
  const Places = columns <= 256 ? Uint8Array : columns <= 65536 ? Uint16Array : Uint32Array;
  return starts.byteLength + Places.from(places).byteLength + Float32Array.from(values).byteLength;
}

describe('encodings of a tensor', () => {
  it('are counted as they are when they are really built', () => {
    for (const [rows, columns] of [
      [10, 784],
      [64, 9],
      [3, 70_000],
    ] as const) {
      for (const share of [0, 0.001, 0.1, 0.7, 1]) {
        const data = matrix(rows, columns, share, 1);
        const kept = data.filter((value) => value !== 0).length;
        const found = encodingBytes(sparsityOf(bits(data), 0x7fffffff), [rows, columns], 4);
        expect(found).toEqual({
          dense: data.byteLength,
          sparse: kept * 12,
          bitmap: kept * 4 + bitmapOf(data).length,
          gaps: kept * 4 + gapsOf(data).length,
          csr: csrOf(data, rows, columns),
        });
      }
    }
  });

  it('compressed rows are never smaller than gaps', () => {
    for (const [rows, columns] of [
      [1, 1],
      [200, 1],
      [50, 256],
      [50, 257],
      [4, 65_536],
      [2, 70_000],
    ] as const) {
      for (const share of [0.0001, 0.003, 0.01, 0.1, 0.5, 1]) {
        for (const runs of [1, 7, 300]) {
          const data = matrix(rows, columns, share, runs);
          const { gaps, csr } = encodingBytes(sparsityOf(bits(data), 0x7fffffff), [rows, columns], 4);
          expect(gaps, `${rows} x ${columns}, ${share}, ${runs}`).toBeLessThan(csr);
        }
      }
    }
    // The most that gaps can lose: a value after every 128th zero in rows as long as one byte tells apart.
    const worst = Float32Array.from({ length: 256 * 50 }, (_, i) => Number(i % 129 === 128));
    const { gaps, csr } = encodingBytes(sparsityOf(bits(worst), 0x7fffffff), [50, 256], 4);
    expect(gaps).toBeLessThan(csr);
  });

  it('sparse pays above two thirds of zeros, bitmap above one in thirty-two', () => {
    const at = (nonzero: number) => encodingBytes({ elements: 9600, nonzero, gaps: nonzero }, [96, 100], 4);
    expect(smallest(at(3200), ['dense', 'sparse'])).toBe('dense');
    expect(smallest(at(3199), ['dense', 'sparse'])).toBe('sparse');
    expect(smallest(at(9300), ['dense', 'bitmap'])).toBe('dense');
    expect(smallest(at(9299), ['dense', 'bitmap'])).toBe('bitmap');
  });
});
