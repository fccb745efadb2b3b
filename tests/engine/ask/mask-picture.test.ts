import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptMask, keptMasks } from '../../../main/engine/ask/kept-masks.ts';
import { maskPicture, pictureOf } from '../../../main/engine/ask/mask-picture.ts';
import { MASKS_FILE } from '../../../main/engine/formats/safetensors/layout.ts';
import { writeSafetensors } from '../../../main/engine/formats/safetensors/write.ts';
import { CHECKPOINT_FILE } from '../../../main/files/checkpoint-file.ts';
import { temporaryFolder } from '../../support/folder.ts';

const shares = (text: string) => [...Buffer.from(text, 'base64')];

test('a small mask has a cell for every pair of channels, its kernel folded to the share that is kept', () => {
  const data = Uint8Array.from([1, 1, 0, 0, /**/ 0, 0, 0, 0, /**/ 1, 1, 1, 1, /**/ 0, 0, 0, 0]);
  const picture = pictureOf('w', { shape: [2, 2, 2, 2], data });
  expect(picture).toMatchObject({ rows: 2, columns: 2, kept: 6, total: 16, emptyOut: 0, emptyIn: 1 });
  expect(shares(picture.shares)).toEqual([128, 0, 255, 0]);
});

test('a large one is folded into as many cells as are wanted, each with the share of its own weights', () => {
  const [out, into] = [10, 7];
  const data = Uint8Array.from({ length: out * into }, (_, at) => Number(at % 3 === 0));
  const { rows, columns, ...picture } = pictureOf('w', { shape: [out, into], data }, 4);
  expect([rows, columns]).toEqual([4, 4]);
  const [kept, size] = [new Array<number>(16).fill(0), new Array<number>(16).fill(0)];
  data.forEach((one, at) => {
    const cell = Math.floor((Math.floor(at / into) * 4) / out) * 4 + Math.floor(((at % into) * 4) / into);
    kept[cell] = (kept[cell] ?? 0) + one;
    size[cell] = (size[cell] ?? 0) + 1;
  });
  expect(shares(picture.shares)).toEqual(kept.map((k, cell) => Math.ceil((255 * k) / (size[cell] ?? 1))));
  expect(picture.kept).toBe(kept.reduce((a, b) => a + b));
});

test('what is kept at all is seen, and a vector is one column', () => {
  const data = new Uint8Array(10_000);
  data[9_999] = 1;
  expect(shares(pictureOf('w', { shape: [1, 10_000], data }, 1).shares)).toEqual([1]);
  expect(pictureOf('b', { shape: [3], data: [1, 0, 1] })).toMatchObject({ rows: 3, columns: 1, emptyOut: 1 });
});

test('one mask is read as it is among all of them, from a checkpoint or from what was exported', async () => {
  const folder = temporaryFolder();
  const values = Uint8Array.from([1, 0, 1, 1, 0, 0]);
  const weights = { dtype: 'F32', shape: [2, 3], data: new Float32Array(6) } as const;
  await writeFile(
    join(folder, MASKS_FILE),
    writeSafetensors([
      { name: 'a', dtype: 'U8', shape: [4], data: new Uint8Array(4) },
      { name: 'w', dtype: 'U8', shape: [2, 3], data: values },
    ]),
  );
  expect(await keptMask(folder, 'w')).toEqual((await keptMasks(folder)).get('w'));
  expect(await maskPicture(folder, 'b')).toBeNull();
  await writeFile(
    join(folder, CHECKPOINT_FILE),
    writeSafetensors([
      { ...weights, name: 'weights/w' },
      { name: 'masks/w', dtype: 'U8', shape: [6], data: values.toReversed() },
    ]),
  );
  expect(await keptMask(folder, 'w')).toEqual({ shape: [2, 3], data: values.toReversed() });
  expect(await keptMask(folder, 'w')).toEqual((await keptMasks(folder)).get('w'));
  await truncate(join(folder, CHECKPOINT_FILE), 100);
  await expect(maskPicture(folder, 'w')).rejects.toMatchObject({ problem: { code: 'safetensors/invalid' } });
  await expect(maskPicture(join(folder, 'none'), 'w')).rejects.toMatchObject({
    problem: { code: 'run/no-masks' },
  });
});
