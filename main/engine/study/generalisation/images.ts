import { inputError } from '../../../contract/errors.ts';
import { trainSpecSchema } from '../../../contract/recipe.ts';
import type { Backend } from '../../backend/backend.ts';
import type { Random } from '../../base/random.ts';
import { applyMasks } from '../../compress/masks.ts';
import { allotted, erkDensities } from '../../compress/scopes/erk.ts';
import { batches } from '../../data/batches.ts';
import type { Dataset, Split } from '../../data/dataset.ts';
import { isMultiLabel } from '../../data/labels.ts';
import { NetworkBuilder } from '../../network/builder.ts';
import { prunableParams, sizeOf, type MaskSet, type Network } from '../../network/graph.ts';
import { initialize } from '../../network/initialize.ts';
import { Evaluator } from '../../train/evaluator.ts';
import { TrainingModel } from '../../train/training-model.ts';
import { zoo } from '../../zoo/index.ts';

/** What is trained on images with some wrong labels. */
export interface Panel {
  readonly dataset: Dataset;
  readonly backend: Backend;
  /** Training samples, of which `wrong` (a share) get the label of another class. */
  readonly samples: number;
  readonly wrong: number;
  readonly epochs: number;
  /** Training ends once an epoch's mean loss is at most this. */
  readonly stopAt: number;
}

export const panelNetworks = ['dense', 'convolutional'] as const;
export type PanelNetwork = (typeof panelNetworks)[number];

export interface PanelOutcome {
  readonly accuracy: number;
  /** Share of the wrong labels that the network answers with. */
  readonly memorised: number;
  readonly loss: number;
  readonly epochs: number;
}

const SPEC = trainSpecSchema.parse({
  epochs: 1,
  batchSize: 50,
  // Random masks shrink gradients by orders of magnitude: steps that do not hang on their size still fit what can be fitted.
  optimizer: 'adam',
  lr: 0.002,
  weightDecay: 0,
  schedule: 'constant',
});

/** @throws EspalierError where the data do not suit the networks */
function networkOf(kind: PanelNetwork, { sampleShape, classes }: Dataset): Network {
  if (kind === 'dense')
    return zoo.get('lenet-300-100').build({ input: sampleShape, classes: classes.length });
  const [, height = 0, width = 0] = sampleShape;
  if (sampleShape.length !== 3 || Math.min(height, width) < 8) {
    throw inputError('study/data', 'The convolutional network needs images of at least 8 x 8 pixels.', {
      field: 'networks',
      remedy: 'Give other data, or dense as the only network.',
    });
  }
  return new NetworkBuilder('small convolutional network', sampleShape)
    .conv('conv1', 16, { kernel: 3, pad: 1 })
    .relu()
    .maxPool(2)
    .conv('conv2', 32, { kernel: 3, pad: 1 })
    .relu()
    .maxPool(2)
    .flatten()
    .dense('fc', classes.length)
    .build();
}

/** Random masks with a share of ones a layer that follows its shape (ERK). */
function randomMasks(network: Network, sparsity: number, random: Random): MaskSet {
  const names = prunableParams(network);
  const shapes = names.map((name) => network.params[name]?.shape ?? []);
  const counts = allotted(shapes.map(sizeOf), erkDensities(shapes, sparsity));
  return new Map(
    names.map((name, i) => {
      const mask = new Uint8Array(sizeOf(shapes[i] ?? []));
      const order = random.shuffle(Int32Array.from(mask.keys()));
      for (const at of order.subarray(0, counts[i])) mask[at] = 1;
      return [name, mask];
    }),
  );
}

/** A part of the training samples, some of them with wrong labels; and which these are. */
function spoiled(
  { dataset, samples, wrong }: Panel,
  random: Random,
): { split: Split; wrong: readonly number[] } {
  const { train, sampleShape, classes } = dataset;
  if (isMultiLabel(train.labels)) {
    throw inputError('study/data', 'These samples may have several classes; the study needs one each.', {
      field: 'data',
      remedy: 'Give data with one class a sample.',
    });
  }
  const order = random.shuffle(Int32Array.from({ length: train.size }, (_, i) => i));
  const chosen = order.subarray(0, Math.min(samples, train.size));
  const length = sizeOf(sampleShape);
  const values = new (train.values.constructor as new (size: number) => Uint8Array | Float32Array)(
    chosen.length * length,
  );
  const labels = new Int32Array(chosen.length);
  chosen.forEach((from, to) => {
    values.set(train.values.subarray(from * length, (from + 1) * length), to * length);
    labels[to] = train.labels[from] ?? 0;
  });
  const places = Array.from({ length: Math.round(wrong * chosen.length) }, (_, i) => i);
  for (const at of places)
    labels[at] = ((labels[at] ?? 0) + 1 + random.int(classes.length - 1)) % classes.length;
  return { split: { size: chosen.length, values, labels }, wrong: places };
}

/** Trains one network under a random mask on samples some of whose labels are wrong, and looks at clean test samples. */
export async function trainSpoiled(
  panel: Panel,
  kind: PanelNetwork,
  sparsity: number,
  random: (label: string) => Random,
  gate: (fraction: number) => Promise<void>,
): Promise<PanelOutcome> {
  const { dataset, backend, epochs, stopAt } = panel;
  const network = networkOf(kind, dataset);
  const { split, wrong } = spoiled(panel, random('samples'));
  const weights = initialize(network, random('weights'));
  const masks = randomMasks(network, sparsity, random('mask'));
  applyMasks(weights, masks);
  const training = new TrainingModel(
    backend,
    { network, weights, masks, optimizer: { steps: 0, slots: new Map() } },
    SPEC,
  );
  const evaluator = new Evaluator(backend);
  try {
    let [epoch, loss, count] = [0, Infinity, 0];
    while (epoch < epochs && loss > stopAt) {
      const order = {
        batchSize: SPEC.batchSize,
        order: 'shuffled',
        random: random(`epoch ${epoch}`),
      } as const;
      loss = 0;
      for (const batch of batches(split, dataset, order)) {
        await gate((epoch + 0.5) / epochs);
        const step = await training.train(batch, dataset.sampleShape, SPEC.lr, ++count);
        loss += (step.loss * batch.size) / split.size;
      }
      epoch++;
    }
    const model = { network, state: training.state };
    const test = await evaluator.evaluate(model, dataset, dataset.test, () => gate(1));
    const memorised = await shareOf(evaluator, model, dataset, split, wrong);
    return { accuracy: test.accuracy, memorised, loss, epochs: epoch };
  } finally {
    training.dispose();
    evaluator.release(network);
  }
}

/** The share of some samples that are answered with the label that they were given. */
async function shareOf(
  evaluator: Evaluator,
  model: { network: Network; state: TrainingModel['state'] },
  dataset: Dataset,
  split: Split,
  places: readonly number[],
): Promise<number> {
  if (places.length === 0) return 0;
  const classes = dataset.classes.length;
  let [right, seen] = [0, 0];
  const marked = new Set(places);
  for (const batch of batches(split, dataset, { batchSize: 256, order: 'sequential' })) {
    const logits = await evaluator.logits(model, batch.x, [batch.size, ...dataset.sampleShape]);
    for (let i = 0; i < batch.size; i++, seen++) {
      if (!marked.has(seen)) continue;
      const row = logits.subarray(i * classes, (i + 1) * classes);
      if (row.indexOf(row.reduce((a, b) => Math.max(a, b))) === batch.y[i]) right++;
    }
  }
  return right / places.length;
}
