import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe, type RecipeInput } from '../../../main/contract/recipe.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { CancelledError } from '../../../main/engine/base/control.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { batchCount, batches } from '../../../main/engine/data/batches.ts';
import { loadDataset } from '../../../main/engine/data/load.ts';
import { readSafetensors } from '../../../main/engine/formats/safetensors/read.ts';
import { wholeModel } from '../../../main/engine/network/model.ts';
import { loadNetwork } from '../../../main/engine/run/network-source.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { learningRate } from '../../../main/engine/train/schedule.ts';
import { TrainingModel } from '../../../main/engine/train/training-model.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { Stop } from './stop.ts';

const scratch = temporaryFolder();
const EPOCHS = 2;
type Optimizer = 'sgd' | 'adam';
const optimizers: Optimizer[] = ['sgd', 'adam'];

function recipeOf(optimizer: Optimizer, change: Partial<RecipeInput>): Recipe {
  return recipeSchema.parse({
    network: 'lenet-300-100',
    narrow: 0.95,
    data: { kind: 'digits', train: 192, validation: 0, test: 40 },
    seed: 5,
    dense: { epochs: EPOCHS, batchSize: 32, optimizer, lr: optimizer === 'sgd' ? 0.02 : 0.001 },
    paradigm: 'imp',
    budget: { sparsity: 0 },
    export: ['safetensors'],
    ...change,
  });
}

async function session(recipe: Recipe, name: string, resume = false, control = new Stop()) {
  const folder = join(scratch, name);
  const options = { recipe, folder, baseFolder: scratch, device: 'onnxruntime', threads: 1, resume };
  await runSession(options, control, () => undefined);
  return readWeights(folder);
}

function readWeights(folder: string): Map<string, unknown> {
  const { tensors } = readSafetensors(readFileSync(join(folder, 'weights.safetensors')));
  return new Map(tensors.map(({ name, data }) => [name, data]));
}

describe.each(optimizers)('rewinding a training with %s', (optimizer) => {
  it.each([0.5, 1])(
    'to epoch %d under a mask that keeps everything repeats it, bit for bit',
    async (rewind) => {
      const dense = await session(
        recipeOf(optimizer, { paradigm: 'magnitude-one-shot' }),
        `dense-${optimizer}-${rewind}`,
      );
      const prune = { rounds: 1, rewind };
      const rewound = await session(recipeOf(optimizer, { prune }), `rewound-${optimizer}-${rewind}`);
      expect(rewound).toEqual(dense);
    },
  );

  it('of the learning rate alone goes on with the optimiser of the end', async () => {
    const prune = { rounds: 1, rewind: 1 };
    const recipe = recipeOf(optimizer, { paradigm: 'lr-rewinding', prune });
    expect(await session(recipe, `lr-${optimizer}`)).toEqual(await trained(recipe, [0, 1, 1]));
  });
});

it('a rewound training goes on the same after a stop, wherever it was', async () => {
  const recipe = recipeOf('adam', { budget: { sparsity: 0.5 }, prune: { rounds: 2, rewind: 1 } });
  const undisturbed = new Stop();
  const whole = await session(recipe, 'whole', false, undisturbed);
  for (const share of [0.5, 0.8]) {
    const stop = new Stop(Math.round(share * undisturbed.gates));
    await expect(session(recipe, `stopped-${share}`, false, stop)).rejects.toThrow(CancelledError);
    expect(await session(recipe, `stopped-${share}`, true)).toEqual(whole);
  }
});

/** The weights after these epochs of the dense training, one after the other and without any break. */
async function trained(recipe: Recipe, epochs: readonly number[]): Promise<Map<string, unknown>> {
  const spec = recipe.dense;
  if (spec === undefined) throw new Error('the recipe trains');
  const dataset = await loadDataset(recipe.data, { seed: recipe.seed, baseFolder: scratch });
  const { network, weights } = await loadNetwork(recipe, dataset, scratch);
  const backend = await openBackend({ device: 'onnxruntime', threads: 1 });
  const model = new TrainingModel(backend, wholeModel({ network, weights }), spec);
  const perEpoch = batchCount(dataset.train, spec.batchSize);
  let steps = 0;
  for (const epoch of epochs) {
    const random = Random.from(recipe.seed, `batches/dense/${epoch}`);
    let done = epoch * perEpoch;
    const order = { batchSize: spec.batchSize, order: 'shuffled', random } as const;
    for (const batch of batches(dataset.train, dataset, order)) {
      const lr = learningRate(spec, done++, spec.epochs * perEpoch);
      await model.train(batch, dataset.sampleShape, lr, ++steps);
    }
  }
  const found = await model.weights();
  model.dispose();
  await backend.dispose();
  return new Map([...found].map(([name, { data }]) => [name, data]));
}
