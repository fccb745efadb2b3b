import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataSourceSchema } from '../../main/contract/data.ts';
import { loadDataset } from '../../main/engine/data/load.ts';
import { writeArchive } from '../../main/engine/formats/archive/write.ts';
import { writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { initialize } from '../../main/engine/network/initialize.ts';
import { Random } from '../../main/engine/base/random.ts';
import { zoo } from '../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { cli } from './harness.ts';

const folder = temporaryFolder();
const DATA = '{kind: digits, train: 50, validation: 0, test: 60}';

describe('espalier verify', () => {
  const network = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
  const weights = initialize(network, Random.from(1, 'weights'));
  const masks = new Map([
    ['fc1.weight', Uint8Array.from({ length: 235_200 }, (_, i) => Number(i % 4 === 0))],
  ]);
  const verify = (file: string, ...more: string[]) =>
    cli(['verify', file, '--data', DATA, ...more], { cwd: folder });

  it('measures a file and compares it with what it states', async () => {
    const source = dataSourceSchema.parse({ kind: 'digits', train: 50, validation: 0, test: 60 });
    const { fingerprint } = await loadDataset(source, { seed: 1, baseFolder: folder });
    await writeFile(join(folder, 'plain.onnx'), writeOnnx(network, weights, { masks }));
    const plain = await verify('plain.onnx', '--json');
    expect(plain.stderr).toBe('');
    const found = JSON.parse(plain.stdout) as Record<string, number | null | object>;
    expect(found).toMatchObject({ samples: 60, statedAccuracy: null, sameData: null });
    expect(found['sparsity']).toBeCloseTo((235_200 * 0.75) / 266_200, 6);
    const accuracy = found['accuracy'] as number;

    const stating = (value: number, data = fingerprint) =>
      writeArchive(network, weights, {
        masks,
        metadata: { 'espalier.accuracy': String(value), 'espalier.data': data },
      });
    await writeFile(join(folder, 'true.espalier'), stating(accuracy));
    const honest = await verify('true.espalier');
    expect(honest.code).toBe(0);
    expect(honest.stdout).toContain('Espalier archive');
    await writeFile(join(folder, 'false.espalier'), stating(accuracy + 0.1));
    const boasting = await verify('false.espalier');
    expect(boasting.code).toBe(1);
    expect(boasting.stderr).toContain('The file says');
    expect((await verify('false.espalier', '--tolerance', '0.2')).code).toBe(0);
    await writeFile(join(folder, 'other.espalier'), stating(accuracy + 0.1, 'other'));
    const elsewhere = await verify('other.espalier');
    expect(elsewhere.code).toBe(0);
    expect(elsewhere.stdout).toContain('measured on other data');
  });

  it('refuses what is no model', async () => {
    await writeFile(join(folder, 'text.onnx'), 'hello');
    const { code, stderr } = await verify('text.onnx');
    expect(code).toBe(2);
    expect(stderr).toContain('text.onnx');
  });
});
