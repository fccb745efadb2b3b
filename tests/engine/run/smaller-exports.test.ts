import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { npy } from '../data/npy.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';

const folder = temporaryFolder();

/** Models of others that lose half of their multiply-accumulates, and what their files call what they take and give. */
const models: readonly { readonly path: string; readonly formats: RecipeInput['export'] }[] = [
  { path: 'models/onnx/cifar10_resnet_2b.onnx', formats: ['onnx', 'onnx-int8', 'tfjs', 'espalier'] },
  {
    path: 'models/keras/mlperf_tiny_resnet8_cifar10.h5',
    formats: ['onnx', 'onnx-int8', 'tfjs', 'keras', 'espalier'],
  },
];
/** What the formats' files are read back from. */
const files: Readonly<Record<string, string>> = {
  onnx: 'model.onnx',
  tfjs: 'model.json',
  keras: 'model.h5',
  espalier: 'model.espalier',
};

const SAMPLES = 12;

async function data(): Promise<RecipeInput['data']> {
  const random = Random.from(1, 'images');
  const x = Uint8Array.from({ length: SAMPLES * 32 * 32 * 3 }, () => Math.floor(random.float() * 256));
  const y = Int32Array.from({ length: SAMPLES }, (_, i) => i % 10);
  await writeFile(join(folder, 'x_train.npy'), npy([SAMPLES, 32, 32, 3], x));
  await writeFile(join(folder, 'y_train.npy'), npy([SAMPLES], y));
  await writeFile(join(folder, 'x_test.npy'), npy([SAMPLES, 32, 32, 3], x));
  await writeFile(join(folder, 'y_test.npy'), npy([SAMPLES], y));
  return { kind: 'npz', path: join(folder, 'x_train.npy'), validation: 0 };
}

describe('a model of others with half of its multiply-accumulates', () => {
  for (const { path, formats } of models) {
    const missing = missingData(path);
    it.skipIf(missing !== '')(
      `${path} is written in every format, checked, and keeps its names${missing}`,
      async () => {
        const recipe = recipeSchema.parse({
          network: sharedData(path),
          data: await data(),
          paradigm: 'magnitude-one-shot',
          prune: { structure: { kind: 'channel' } },
          budget: { macs: 0.5 },
          finetune: { epochs: 1, batchSize: 6, lr: 1e-4 },
          export: formats,
        });
        const out = join(folder, 'out');
        const session = {
          recipe,
          folder: out,
          baseFolder: folder,
          device: 'onnxruntime',
          threads: 1,
          resume: false,
        };
        const report = await runSession(session, new Control(), () => undefined);
        expect(report.compressed.macs / (report.dense?.macs ?? NaN)).toBeLessThan(0.51);
        expect(report.removals[0]?.difference).toBeLessThanOrEqual(1e-4);
        expect(report.checks.onnxMaxDifference).toBeLessThan(1e-4);
        const before = await readModel(sharedData(path), folder);
        const names = ({ signature }: typeof before) => ({
          inputs: signature?.inputs.map(({ name }) => name),
          outputs: signature?.outputs.map(({ name }) => name),
        });
        for (const format of formats ?? []) {
          const file = files[format];
          if (file === undefined) continue;
          const back = await readModel(join(out, file), out);
          expect(networkCost(back.network).macs, format).toBe(report.compressed.macs);
          if (format === 'onnx' || format === 'keras') expect(names(back), format).toEqual(names(before));
        }
        const int8 = await InferenceSession.create(await readFile(join(out, 'model-int8.onnx')), {
          logSeverityLevel: 3,
        });
        expect([...int8.inputNames]).toEqual(names(before).inputs);
        await int8.release();
      },
      120_000,
    );
  }
});
