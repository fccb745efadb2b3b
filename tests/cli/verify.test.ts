import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataSourceSchema } from '../../main/contract/data.ts';
import { batches } from '../../main/engine/data/batches.ts';
import { loadDataset } from '../../main/engine/data/load.ts';
import { writeArchive } from '../../main/engine/formats/archive/write.ts';
import type { WeightForm } from '../../main/engine/formats/onnx/int8/weight-form.ts';
import { SEVEN_BITS, UNSIGNED } from '../../main/engine/formats/onnx/int8/weight-form.ts';
import { int8Model } from '../../main/engine/formats/onnx/int8/write.ts';
import { writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { initialize } from '../../main/engine/network/initialize.ts';
import type { ExactFigures } from '../../main/contract/report.ts';
import { encodeModel } from '../../main/engine/protobuf/onnx.ts';
import { Random } from '../../main/engine/base/random.ts';
import { zoo } from '../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { missingEmulator, runEmulated } from '../support/emulated.ts';
import { SIGNED } from '../engine/formats/int8-networks.ts';
import { cli, ROOT } from './harness.ts';

/** What is looked at of what the verbs say. */
interface Facts {
  readonly accuracy: number;
  readonly exact: ExactFigures | null;
  readonly warnings: readonly string[];
}

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

  const noEmulator = missingEmulator();
  const eightBits = async (name: string, form: WeightForm) => {
    const source = dataSourceSchema.parse({ kind: 'digits', train: 50, validation: 0, test: 60 });
    const dataset = await loadDataset(source, { seed: 1, baseFolder: folder });
    const [batch] = batches(dataset.train, dataset, { batchSize: 50, order: 'sequential' });
    const samples = { shape: [50, 1, 28, 28], data: batch?.x ?? new Float32Array() };
    const file = join(folder, name);
    await writeFile(file, encodeModel((await int8Model(network, weights, masks, samples, form)).model));
    return file;
  };

  it.each([
    ['unsigned', UNSIGNED],
    ['7-bit', SEVEN_BITS],
  ])('measures 8 bits in exact arithmetic too, which is what the processor gives: %s', async (name, form) => {
    await eightBits(`${name}.onnx`, form);
    const { accuracy, exact, warnings } = JSON.parse(
      (await verify(`${name}.onnx`, '--json')).stdout,
    ) as Facts;
    expect(exact).toEqual({ accuracy, maxDifference: 0, differs: false });
    expect(warnings).toEqual([]);
    const { stdout } = await verify(`${name}.onnx`);
    expect(stdout).toContain('Accuracy in exact arithmetic');
    expect(stdout).not.toContain('Warning');
  });

  it('warns of signed 8-bit weights, in the words that this processor calls for', async () => {
    await eightBits('signed.onnx', SIGNED);
    for (const verb of ['verify', 'evaluate']) {
      const said = await cli([verb, 'signed.onnx', '--data', DATA, '--json'], { cwd: folder });
      const { exact, warnings } = JSON.parse(said.stdout) as Facts;
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain(cpus()[0]?.model);
      expect(warnings[0]).toContain('session.x64quantprecision');
      // The one place where the processor decides what is right.
      expect(warnings[0]).toContain(
        exact?.differs === true ? 'otherwise than exact' : 'signed bytes beyond 7 bits',
      );
      const shown = await cli([verb, 'signed.onnx', '--data', DATA], { cwd: folder });
      expect(shown.stdout).toContain(`Warning: ${warnings[0]?.slice(0, 30)}`);
    }
  });

  it.skipIf(noEmulator !== undefined)(
    `names a processor that computes 8 bits otherwise${noEmulator === undefined ? '' : ` (skipped: ${noEmulator})`}`,
    async () => {
      const file = await eightBits('foreign.onnx', SIGNED);
      const here = JSON.parse((await verify('foreign.onnx', '--json')).stdout) as Facts;
      const there = JSON.parse(
        runEmulated([join(ROOT, 'main', 'cli.ts'), 'evaluate', file, '--data', DATA, '--json']),
      ) as Facts;
      expect(there.exact?.accuracy).toBe(here.exact?.accuracy);
      expect(there.exact?.differs).toBe(true);
      expect(there.exact?.maxDifference).toBeGreaterThan(0.01);
      expect(there.warnings[0]).toMatch(/computes it otherwise than exact arithmetic: .* instead of/);
    },
  );

  it('refuses what is no model', async () => {
    await writeFile(join(folder, 'text.onnx'), 'hello');
    const { code, stderr } = await verify('text.onnx');
    expect(code).toBe(2);
    expect(stderr).toContain('text.onnx');
  });
});
