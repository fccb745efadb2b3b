import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { missingData, sharedData } from '../../support/shared-data.ts';

const scratch = temporaryFolder();
const DATA = 'fashion-mnist';
const missing = missingData(DATA);

/**
 * Convolutions that feed a pooling and then the next weights, without an activation between, keep the energy of their signal.
 * Drawn as if a ReLU followed, the first losses of these three were 10, 9 and 15, and the third rose to 40.
 */
it.skipIf(missing !== '').each([1, 2, 3])(
  `seed %d: SBP-SR trains a tenth of LeNet-5-Caffe without warm-up${missing}`,
  { timeout: 120_000 },
  async (seed) => {
    const recipe = recipeSchema.parse({
      network: 'lenet-5-caffe',
      data: { kind: 'idx', path: sharedData(DATA), limit: 2500 },
      seed,
      dense: { epochs: 2, batchSize: 64, lr: 0.01 },
      baseline: false,
      paradigm: 'sbp',
      budget: { sparsity: 0.9 },
      export: ['safetensors'],
    });
    const options = { recipe, folder: join(scratch, String(seed)), baseFolder: scratch };
    const report = await runSession(
      { ...options, device: 'onnxruntime', threads: 1, resume: false },
      new Control(),
      () => undefined,
    );
    const losses = report.history.filter(({ name }) => name === 'train/loss').map(({ value }) => value);
    expect(losses.length).toBeGreaterThan(10);
    for (const loss of losses) expect(loss).toBeLessThan(6);
    // Ten classes.
    expect(report.compressed.accuracy).toBeGreaterThan(0.6);
  },
);
