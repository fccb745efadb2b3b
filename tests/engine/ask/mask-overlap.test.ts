import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maskOverlap } from '../../../main/engine/ask/mask-overlap.ts';
import { writeSafetensors } from '../../../main/engine/formats/safetensors/write.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';

const folder = temporaryFolder();
let runs = 0;

type Masks = Record<string, { readonly shape: number[]; readonly kept: number[] }>;

/** A run's folder with the masks in its checkpoint, or in what it exported. */
function run(masks: Masks, where: 'checkpoint' | 'masks' = 'checkpoint'): string {
  const made = join(folder, String(++runs));
  mkdirSync(made);
  const tensors = Object.entries(masks).flatMap(([name, { shape, kept }]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Uint8Array.from({ length: size }, (_, i) => Number(kept.includes(i)));
    if (where === 'masks') return [{ name, dtype: 'U8' as const, shape, data }];
    return [
      { name: `weights/${name}`, dtype: 'F32' as const, shape, data: new Float32Array(size) },
      { name: `masks/${name}`, dtype: 'U8' as const, shape: [size], data },
    ];
  });
  writeFileSync(join(made, `${where}.safetensors`), writeSafetensors(tensors, {}));
  return made;
}

test('counts what both keep over what either keeps, and what chance would give', async () => {
  const a = run({ 'fc.weight': { shape: [2, 3], kept: [0, 1, 2] }, gone: { shape: [2], kept: [] } });
  const b = run(
    { 'fc.weight': { shape: [2, 3], kept: [1, 2, 3, 5] }, gone: { shape: [2], kept: [] } },
    'masks',
  );
  const [fc, gone] = await maskOverlap([a, b]);
  expect(fc).toEqual({
    name: 'fc.weight',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    kept: [3, 4],
    both: 2,
    jaccard: 2 / 5,
    // Three of six and four of six: two of the six are expected in both.
    byChance: 2 / (3 + 4 - 2),
  });
  expect(gone).toMatchObject({ kept: [0, 0], both: 0, jaccard: 1, byChance: 1 });
  for (const layer of await maskOverlap([a, a])) expect(layer.jaccard).toBe(1);
});

test('layers of other shapes, or of one network alone, are named without a number', async () => {
  const a = run({ x: { shape: [2, 3], kept: [0] }, y: { shape: [2], kept: [0] } });
  const b = run({ x: { shape: [3, 2], kept: [0] } });
  expect(await maskOverlap([a, b])).toEqual([
    { name: 'x', shapes: [[2, 3], [3, 2]], kept: null, both: null, jaccard: null, byChance: null }, // prettier-ignore
    { name: 'y', shapes: [[2], null], kept: null, both: null, jaccard: null, byChance: null },
  ]);
});

test('a run whose masks are gone is named', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await expect(maskOverlap([run({}), empty])).rejects.toEqual(problemWith({ code: 'run/no-masks' }));
});
