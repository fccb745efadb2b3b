import { expect, test } from 'vitest';
import { exportFormatSchema } from '../../main/contract/export-formats.ts';
import { exportGroups } from '../../renderer/text/export-groups.ts';

const formats = exportFormatSchema.options.map((id) => ({ id }));

test('every format is under one use, and none is lost', () => {
  const groups = exportGroups(formats);
  expect(groups.flatMap(({ formats: some }) => some.map(({ id }) => id)).sort()).toEqual(
    [...exportFormatSchema.options].sort(),
  );
  expect(groups.length).toBe(4);
  expect(groups[0]?.formats[0]?.id).toBe('onnx');
});

test('a use without formats is left out, and what is new stands under the last', () => {
  expect(exportGroups([{ id: 'wasm' }, { id: 'of tomorrow' }])).toEqual([
    { title: 'A program of its own, nothing to install', formats: [{ id: 'wasm' }] },
    { title: 'To keep, or to go on with', formats: [{ id: 'of tomorrow' }] },
  ]);
});
