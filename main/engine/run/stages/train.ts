import { runError } from '../../../contract/errors.ts';
import { formatPercent, formatPlural } from '../../../words/format.ts';
import type { Stage } from '../../compress/framework.ts';
import { layersLeft, overallSparsity, revivedWeights } from '../../compress/masks.ts';
import { CancelledError } from '../../base/control.ts';
import { batchCount, batches } from '../../data/batches.ts';
import { countClasses, isMultiLabel } from '../../data/labels.ts';
import { augmentOf } from '../../data/load.ts';
import { networkCost } from '../../network/cost.ts';
import { drawDropoutMask, dropoutSites } from '../../network/dropout.ts';
import type { MaskSet, WeightSet } from '../../network/graph.ts';
import { freshOptimizer, type OptimizerState } from '../../network/model.ts';
import { Random } from '../../base/random.ts';
import { countedAgainst, emptyWindow, epochsDone, record, type RunContext } from '../context.ts';
import { learningRate } from '../../train/schedule.ts';
import { markAfter, markBefore } from './course.ts';
import { begin, type Training } from './begin.ts';
import { takeOut } from './shrink.ts';
import { notLearning, overfitting } from './learning.ts';
import { find, warn, warnOfLoss } from './warnings.ts';

type TrainStage = Extract<Stage, { kind: 'train' }>;

/** Points of the training curves per epoch. */
const POINTS_PER_EPOCH = 10;

/** Trains for the stage's epochs from where `data` stands, with a checkpoint after every epoch and on cancelling. */
export async function runTrainStage(context: RunContext, stage: TrainStage): Promise<void> {
  const taught = stage.spec.distill !== undefined;
  if (taught) await markBefore(context);
  const training = new StageTraining(context, stage);
  try {
    await training.run();
  } catch (error) {
    if (error instanceof CancelledError) await training.save();
    throw error;
  } finally {
    training.dispose();
  }
  if (taught) await markAfter(context);
}

class StageTraining {
  private readonly context: RunContext;
  private readonly stage: TrainStage;
  /** Made anew where channels leave on the way. */
  private training: Training;
  private readonly startEpoch: number;
  private readonly perEpoch: number;
  /** Steps that the optimiser's slots have seen. */
  private optimizerSteps: number;

  constructor(context: RunContext, stage: TrainStage) {
    this.context = context;
    this.stage = stage;
    const { data } = context;
    this.startEpoch = stage.startEpoch ?? 0;
    this.optimizerSteps = data.model.optimizer.steps;
    this.perEpoch = batchCount(context.dataset.train, stage.spec.batchSize);
    if (data.epoch === 0 && data.batch === 0) {
      data.epoch = Math.floor(this.startEpoch);
      data.batch = Math.round((this.startEpoch % 1) * this.perEpoch);
    }
    this.training = begin(context, stage, this.perEpoch);
  }

  async run(): Promise<void> {
    const { data } = this.context;
    while (data.epoch < this.stage.spec.epochs) {
      await this.trainEpoch();
      // Until it is measured an epoch is not over: a run that is cancelled meanwhile measures when it goes on.
      await this.closeEpoch();
      data.epoch++;
      data.batch = 0;
      await this.shrink();
      await this.save();
    }
    await this.keepForRewinding(this.stage.spec.epochs * this.perEpoch);
    const { weights, masks } = await this.deployed();
    const optimizer = this.stage.keepOptimizer === true ? await this.optimizer() : freshOptimizer();
    data.model = { ...data.model, weights, masks, optimizer };
    warnOfLoss(this.context, masks, this.stage.spec.epochs - this.startEpoch);
    data.extras = new Map();
    this.tellSaved();
  }

  /** A checkpoint of where training stands, between two steps. */
  async save(): Promise<void> {
    await this.keep();
    await this.context.checkpoint();
  }

  dispose(): void {
    this.training.model.dispose();
  }

  /** Brings the run's data to where training stands. */
  private async keep(): Promise<void> {
    const { data } = this.context;
    data.model.weights = await this.training.model.weights();
    data.model.optimizer = await this.optimizer();
    data.extras = new Map(
      Object.entries(await this.training.model.extras()).map(([name, { data: values }]) => [
        name,
        values as Float32Array,
      ]),
    );
    data.dynamics = this.training.dynamics?.save() ?? null;
  }

  /**
   * Takes channels that the masks keep nothing of out of the network, of which the following epochs are then cheaper. Only between
   * epochs, since an epoch's random numbers hang on the shapes of the network.
   */
  private async shrink(): Promise<void> {
    const { stage, context } = this;
    const { data } = context;
    if (stage.coupling === undefined || data.epoch >= stage.spec.epochs) return;
    await this.keep();
    if (!(await takeOut(context, `${stage.label}, epoch ${data.epoch}`, stage.coupling))) return;
    this.dispose();
    this.training = begin(context, stage, this.perEpoch);
  }

  /** One pass over the training part. Order, augmentation and dropout derive from seed, stage and epoch alone. */
  private async trainEpoch(): Promise<void> {
    const { data, dataset, recipe, control, progress } = this.context;
    const { spec, id, orderOf = id } = this.stage;
    const { perEpoch } = this;
    const total = perEpoch * spec.epochs;
    const window = Math.max(1, Math.floor(perEpoch / POINTS_PER_EPOCH));
    const label = `${orderOf}/${data.epoch}`;
    const dropoutRandom = Random.from(recipe.seed, `dropout/${label}`);
    let index = 0;
    const epochBatches = batches(dataset.train, dataset, {
      batchSize: spec.batchSize,
      order: 'shuffled',
      random: Random.from(recipe.seed, `batches/${label}`),
      augment: augmentOf(recipe.data),
    });
    for (const batch of epochBatches) {
      // A resumed epoch draws the same random numbers up to where it stopped.
      const sites = dropoutSites(this.training.model.network, batch.size);
      const dropout = Object.fromEntries(
        sites.map((site) => [site.node, drawDropoutMask(site, dropoutRandom)]),
      );
      if (index++ < data.batch) continue;
      if (control.checkpointAsked) await this.save();
      await control.gate();
      const done = data.epoch * perEpoch + index - 1;
      await this.keepForRewinding(done);
      await this.training.dynamics?.beforeStep(done, total, this.training.live);
      const start = performance.now();
      const lr = learningRate(spec, done, total);
      const { loss, correct } = await this.training.model.train(
        batch,
        dataset.sampleShape,
        lr,
        ++this.optimizerSteps,
        dropout,
      );
      progress.step((performance.now() - start) / 1000, batch.size);
      data.batch = index;
      data.steps++;
      const sums = data.window;
      sums.loss += loss * batch.size;
      sums.correct += correct;
      sums.samples += batch.size;
      const epochs = data.epoch + index / perEpoch - this.startEpoch;
      if (index % window === 0 || index === perEpoch) {
        record(this.context, epochs, {
          'train/loss': sums.loss / sums.samples,
          'train/accuracy': sums.correct / sums.samples,
          'learning-rate': lr,
        });
        data.window = emptyWindow();
      }
      progress.report(data.stage, epochs, data.steps);
    }
  }

  /** What it came to that channels left on the way. */
  private tellSaved(): void {
    const { base, data } = this.context;
    const epochs = data.history.filter(({ name, stage }) => name === 'macs' && stage === data.stage);
    const spent = epochs.reduce((sum, { value }) => sum + value, 0);
    const whole = epochs.length * networkCost(base).macs;
    if (spent === whole) return;
    find(
      this.context,
      `${this.stage.label}: as channels left on the way, its ${epochs.length} epochs took ${formatPercent(spent / whole, 0)} of the multiply-accumulates that the whole network would have taken.`,
    );
  }

  private async optimizer(): Promise<OptimizerState> {
    return { slots: await this.training.model.slots(), steps: this.optimizerSteps };
  }

  /** Lottery tickets go back to the weights and the optimiser of this moment. */
  private async keepForRewinding(done: number): Promise<void> {
    const { keepAt } = this.stage;
    if (keepAt === undefined || done !== Math.round(keepAt * this.perEpoch)) return;
    const { network } = this.training.model;
    const weights = await this.training.model.weights();
    // Before the first step all slots are zero.
    const optimizer = done === 0 ? freshOptimizer() : await this.optimizer();
    this.context.data.snapshots.set('rewound', { network, weights, optimizer });
  }

  /** After an epoch: pruned weights must still be zero; the validation part is measured. */
  private async closeEpoch(): Promise<void> {
    const { data, dataset, control, evaluator, progress } = this.context;
    const base = countedAgainst(this.context);
    const { network } = this.training.model;
    const epochs = data.epoch + 1 - this.startEpoch;
    const { weights, masks } = await this.deployed();
    const revived = revivedWeights(weights, masks);
    if (revived > 0) {
      throw runError('prune/revived', `${revived} pruned weights were no longer zero after an epoch.`, {
        remedy: 'This is a bug in the program: please report it with the recipe.',
      });
    }
    if (dataset.validation.size > 0) {
      const model =
        this.training.dynamics?.deployed === undefined ? this.training.model : { network, weights };
      const measured = await evaluator.evaluate(model, dataset, dataset.validation, () => control.gate());
      record(this.context, epochs, {
        'validation/loss': measured.loss,
        'validation/accuracy': measured.accuracy,
        sparsity: overallSparsity(network, masks, base),
      });
    }
    this.remark(epochs);
    if (this.stage.coupling !== undefined) record(this.context, epochs, { macs: networkCost(network).macs });
    this.context.emit({
      type: 'layers',
      epoch: epochsDone(this.context, epochs),
      layers: layersLeft(network, masks, base),
    });
    progress.report(data.stage, epochs, data.steps, true);
  }

  /** Warns, once in a stage, of a training that comes to nothing. */
  private remark(epochs: number): void {
    const { data, dataset } = this.context;
    const { id, label } = this.stage;
    const tell = (kind: string, text: string | null) => {
      const key = `${kind} ${id}`;
      if (text === null || data.warned.includes(key)) return;
      data.warned.push(key);
      warn(this.context, `${label}, after ${formatPlural(Math.round(epochs), 'epoch')}: ${text}`);
    };
    const { train } = dataset;
    const last = data.history.findLast(
      ({ name, stage }) => name === 'train/accuracy' && stage === data.stage,
    );
    if (last !== undefined && epochs >= 1 && !isMultiLabel(train.labels)) {
      const counts = countClasses(train.labels, dataset.classes.length);
      const frequent = Math.max(...counts) / Math.max(1, train.size);
      tell('not learning', notLearning(last.value, frequent, train.size / POINTS_PER_EPOCH));
    }
    tell('overfitting', overfitting(data.history, data.stage));
  }

  private async deployed(): Promise<{ weights: WeightSet; masks: MaskSet }> {
    const own = await this.training.dynamics?.deployed?.(this.training.live);
    return own ?? { weights: await this.training.model.weights(), masks: this.context.data.model.masks };
  }
}
