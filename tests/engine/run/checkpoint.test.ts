import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type NamedTensor, writeSafetensors } from '../../../main/engine/formats/safetensors/write.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { identityHash } from '../../../main/engine/run/identity.ts';
import { loadCheckpoint } from '../../../main/engine/run/checkpoint.ts';
import { CHECKPOINT_FILE } from '../../../main/files/checkpoint-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';

const folder = temporaryFolder();
const network = new NetworkBuilder('n', [3]).dense('d', 2).build();
const position = {
  version: 1,
  recipe: identityHash({}),
  stage: 0,
  epoch: 0,
  batch: 0,
  dynamics: null,
  steps: 0,
  optimizerSteps: { now: 0, rewound: 0 },
  history: [],
  seconds: [],
  dense: null,
  compressed: null,
};
const weight: NamedTensor = {
  name: 'weights/d.weight',
  dtype: 'F32',
  shape: [2, 3],
  data: new Float32Array(6),
};
const bias: NamedTensor = { name: 'weights/d.bias', dtype: 'F32', shape: [2], data: new Float32Array(2) };

async function read(tensors: readonly NamedTensor[], run = JSON.stringify(position)) {
  await writeFile(join(folder, CHECKPOINT_FILE), writeSafetensors([...tensors], { run }));
  return loadCheckpoint(folder, {}, network);
}

it('a sound checkpoint is read', async () => {
  expect((await read([weight, bias]))?.model.weights.get('d.weight')?.shape).toEqual([2, 3]);
});

it.each([
  ['a position that is no JSON', () => read([weight, bias], '{"stage":')],
  ['weights of another shape', () => read([{ ...weight, shape: [3, 2] }, bias])],
  ['weights of another type', () => read([{ ...weight, dtype: 'I32', data: new Int32Array(6) }, bias])],
  ['masks of another type', () => read([weight, bias, { ...weight, name: 'masks/d.weight' }])],
  ['missing weights', () => read([weight])],
])('%s is refused in words', async (_, work) => {
  await expect(work()).rejects.toThrow(problemWith({ code: 'checkpoint/damaged' }));
});
