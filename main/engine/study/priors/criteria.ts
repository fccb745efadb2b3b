import { trainSpecSchema } from '../../../contract/recipe.ts';
import type { Backend } from '../../backend/backend.ts';
import type { Random } from '../../base/random.ts';
import { applyMasks, copyWeights } from '../../compress/masks.ts';
import { selectMasks } from '../../compress/select.ts';
import { batches } from '../../data/batches.ts';
import type { Dataset } from '../../data/dataset.ts';
import { initialize } from '../../network/initialize.ts';
import { Evaluator } from '../../train/evaluator.ts';
import { TrainingModel } from '../../train/training-model.ts';
import { zoo } from '../../zoo/index.ts';

const CRITERIA = ['magnitude', 'fisher', 'snr'] as const;
const SPARSITIES = [0.5, 0.7, 0.8, 0.9, 0.95] as const;

const SPEC = trainSpecSchema.parse({ epochs: 6, optimizer: 'sgd', lr: 0.05, schedule: 'constant' });

/** LeNet-300-100 trained once, pruned by each criterion at equal sparsities over the whole network, without training after. */
export async function prunedBy(
  dataset: Dataset,
  backend: Backend,
  seed: number,
  random: (label: string) => Random,
  gate: (fraction: number) => Promise<void>,
) {
  const network = zoo
    .get('lenet-300-100')
    .build({ input: dataset.sampleShape, classes: dataset.classes.length });
  const start = initialize(network, random('weights'));
  const model = { network, weights: start, masks: new Map(), optimizer: { steps: 0, slots: new Map() } };
  const training = new TrainingModel(backend, model, SPEC);
  const evaluator = new Evaluator(backend);
  try {
    let count = 0;
    for (let epoch = 0; epoch < SPEC.epochs; epoch++) {
      const order = {
        batchSize: SPEC.batchSize,
        order: 'shuffled',
        random: random(`epoch ${epoch}`),
      } as const;
      for (const batch of batches(dataset.train, dataset, order)) {
        await gate((0.5 * epoch) / SPEC.epochs);
        await training.train(batch, dataset.sampleShape, SPEC.lr, ++count);
      }
    }
    const weights = await training.weights();
    const accuracyOf = async (of: typeof weights) =>
      (await evaluator.evaluate({ network, weights: of }, dataset, dataset.test, () => gate(0.5))).accuracy;
    const dense = await accuracyOf(weights);
    const pruned: { criterion: string; sparsity: number; accuracy: number }[] = [];
    for (const criterion of CRITERIA) {
      for (const sparsity of SPARSITIES) {
        await gate(0.5 + pruned.length / (2 * CRITERIA.length * SPARSITIES.length));
        const selection = { criterion, scope: 'global', exclude: [], regrow: false, invert: false };
        const context = { network, dataset, backend, recipe: { seed } };
        const { masks } = await selectMasks(context, selection, weights, new Map(), sparsity, criterion);
        const left = copyWeights(weights);
        applyMasks(left, masks);
        pruned.push({ criterion, sparsity, accuracy: await accuracyOf(left) });
      }
    }
    return { dense, pruned };
  } finally {
    training.dispose();
    evaluator.release(network);
  }
}
