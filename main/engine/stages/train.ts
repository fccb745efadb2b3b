import { runError } from '../../contract/errors.ts';
import type { Stage } from '../compress/framework.ts';
import { layerSparsities, overallSparsity, revivedWeights } from '../compress/masks.ts';
import { selectMasks, wholeMasks } from '../compress/select.ts';
import { CancelledError } from '../control.ts';
import { batches } from '../data/batches.ts';
import { augmentOf } from '../data/load.ts';
import { drawDropoutMask, dropoutSites } from '../network/dropout.ts';
import { Random } from '../random.ts';
import { epochsDone, record, type RunContext } from '../run-context.ts';
import { TrainingModel } from '../train/device-model.ts';
import { learningRate } from '../train/schedule.ts';

type TrainStage = Extract<Stage, { kind: 'train' }>;

/** Points of the training curves per epoch. */
const POINTS_PER_EPOCH = 10;

/** Trains for the stage's epochs from where `data` stands, with a checkpoint after every epoch and on cancelling. */
export async function runTrainStage(context: RunContext, stage: TrainStage): Promise<void> {
  const { data, network, backend } = context;
  if (stage.gradual !== undefined && data.masks.size === 0) {
    data.masks = wholeMasks(network, stage.gradual.selection);
  }
  const model = new TrainingModel(backend, network, stage.spec, data.weights, data.masks, data.slots);
  const keep = async (): Promise<void> => {
    data.weights = await model.weights();
    data.slots = await model.slots();
  };
  try {
    while (data.epoch < stage.spec.epochs) {
      await trainEpoch(context, stage, model);
      data.epoch++;
      data.batch = 0;
      await keep();
      await closeEpoch(context, model);
      await context.checkpoint();
    }
  } catch (error) {
    if (error instanceof CancelledError) {
      await keep();
      await context.checkpoint();
    }
    throw error;
  } finally {
    model.dispose();
  }
  data.slots = new Map();
}

/** One pass over the training part. Order, augmentation and dropout derive from seed, stage and epoch alone. */
async function trainEpoch(context: RunContext, stage: TrainStage, model: TrainingModel): Promise<void> {
  const { data, dataset, recipe, control, progress } = context;
  const { spec } = stage;
  const perEpoch = Math.ceil(dataset.train.size / spec.batchSize);
  const total = perEpoch * spec.epochs;
  const window = Math.max(1, Math.floor(perEpoch / POINTS_PER_EPOCH));
  const label = `${stage.id}/${data.epoch}`;
  const dropoutRandom = Random.from(recipe.seed, `dropout/${label}`);
  let sums = { loss: 0, correct: 0, samples: 0 };
  let index = 0;
  const epochBatches = batches(dataset.train, dataset, {
    batchSize: spec.batchSize,
    order: 'shuffled',
    random: Random.from(recipe.seed, `batches/${label}`),
    augment: augmentOf(recipe.data),
  });
  for (const batch of epochBatches) {
    // A resumed epoch draws the same random numbers up to where it stopped.
    const sites = dropoutSites(context.network, batch.size);
    const dropout = Object.fromEntries(
      sites.map((site) => [site.node, drawDropoutMask(site, dropoutRandom)]),
    );
    if (index++ < data.batch) continue;
    await control.gate();
    const done = data.epoch * perEpoch + index - 1;
    await updateMasks(context, stage, model, done, total);
    const start = performance.now();
    const lr = learningRate(spec, done, total);
    const { loss, correct } = await model.train(batch, dataset.sampleShape, lr, done + 1, dropout);
    progress.step((performance.now() - start) / 1000, batch.size);
    data.batch = index;
    data.steps++;
    sums.loss += loss * batch.size;
    sums.correct += correct;
    sums.samples += batch.size;
    const epochs = data.epoch + index / perEpoch;
    if (index % window === 0 || index === perEpoch) {
      record(context, epochs, {
        'train/loss': sums.loss / sums.samples,
        'train/accuracy': sums.correct / sums.samples,
        'learning-rate': lr,
      });
      sums = { loss: 0, correct: 0, samples: 0 };
    }
    progress.report(data.stage, epochs, data.steps);
  }
}

/** Makes the masks that are due before step `done` of a gradual stage. */
async function updateMasks(
  context: RunContext,
  stage: TrainStage,
  model: TrainingModel,
  done: number,
  total: number,
): Promise<void> {
  const { data } = context;
  const targets = stage.gradual?.targets ?? [];
  let due = data.updates;
  while (due < targets.length && Math.round((due * total) / targets.length) <= done) due++;
  if (due === data.updates || stage.gradual === undefined) return;
  data.updates = due;
  const selection = stage.gradual.selection;
  data.weights = await model.weights();
  data.masks = await selectMasks(context, selection, targets[due - 1] ?? 0, `${stage.id}/${due}`);
  data.weights = await model.setMasks(data.masks);
  reportLayers(
    context,
    data.epoch + data.batch / Math.ceil(context.dataset.train.size / stage.spec.batchSize),
  );
}

/** After an epoch: pruned weights must still be zero; the validation part is measured. */
async function closeEpoch(context: RunContext, model: TrainingModel): Promise<void> {
  const { data, dataset, control, network } = context;
  const revived = revivedWeights(data.weights, data.masks);
  if (revived > 0) {
    throw runError('prune/revived', `${revived} pruned weights were no longer zero after an epoch.`, {
      remedy: 'This is a bug in the program: please report it with the recipe.',
    });
  }
  const { validation } = dataset;
  if (validation.size > 0) {
    const measured = await context.evaluator.evaluate(model.state, dataset, validation, () => control.gate());
    record(context, data.epoch, {
      'validation/loss': measured.loss,
      'validation/accuracy': measured.accuracy,
      sparsity: overallSparsity(network, data.masks),
    });
  }
  reportLayers(context, data.epoch);
  context.progress.report(data.stage, data.epoch, data.steps, true);
}

/** Tells the host how much of every layer is left. */
function reportLayers(context: RunContext, epochsInStage: number): void {
  context.emit({
    type: 'layers',
    epoch: epochsDone(context, epochsInStage),
    layers: layerSparsities(context.network, context.data.masks),
  });
}
