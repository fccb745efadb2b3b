import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../../main/engine/formats/read.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { withExternal } from './external-model.ts';
import { floats, model } from './onnx-models.ts';

const folder = temporaryFolder();
const base = join(folder, 'models');

beforeAll(async () => {
  await mkdir(join(base, 'data'), { recursive: true });
  const values = Float32Array.of(9, 9, 0, 1, 2, 3, 4, 5);
  await writeFile(join(base, 'data', 'w.bin'), new Uint8Array(values.buffer));
  await writeFile(join(folder, 'secret.bin'), new Uint8Array(values.buffer));
  await symlink(join(folder, 'secret.bin'), join(base, 'link.bin'));
});

describe('readModel', () => {
  it('tells the format by the content, not by the name', async () => {
    const bytes = model([['MatMul', ['x', 'w'], 'y']], { input: ['n', 6], tensors: [floats('w', [6, 3])] });
    await writeFile(join(base, 'network.h5'), bytes);
    expect((await readModel('network.h5', base)).format.id).toBe('onnx');
    await writeFile(join(base, 'text.onnx'), 'hello');
    await expect(readModel('text.onnx', base)).rejects.toEqual(
      problemWith({
        code: 'model/format',
        file: 'text.onnx',
        remedy: expect.stringContaining('ONNX') as string,
      }),
    );
    await expect(readModel('none.onnx', base)).rejects.toEqual(
      problemWith({ code: 'data/not-found', file: 'none.onnx' }),
    );
  });

  it('reads tensors from files beside the model', async () => {
    await writeFile(join(base, 'beside.onnx'), withExternal('data/w.bin'));
    const { weights } = await readModel('beside.onnx', base);
    expect([...(weights.get('w')?.data ?? [])]).toEqual([0, 2, 4, 1, 3, 5]);
  });

  it('reads nothing outside the folder of the model', async () => {
    for (const name of ['../secret.bin', join(folder, 'secret.bin'), 'link.bin', 'data/../../secret.bin']) {
      await writeFile(join(base, 'evil.onnx'), withExternal(name));
      await expect(readModel('evil.onnx', base), name).rejects.toEqual(
        problemWith({ code: 'model/outside', field: name }),
      );
    }
    await writeFile(join(base, 'evil.onnx'), withExternal('absent.bin'));
    await expect(readModel('evil.onnx', base)).rejects.toEqual(
      problemWith({ code: 'model/missing-file', field: 'absent.bin' }),
    );
  });
});
