import { runError } from '../../../contract/errors.ts';
import type { HostRecord } from '../../backend/backend.ts';
import type { Dynamics, StepHooks } from '../../compress/dynamics/dynamics.ts';
import { dynamicsKinds } from '../../compress/dynamics/index.ts';
import type { Stage } from '../../compress/framework.ts';
import { layerSparsities, overallSparsity, revivedWeights } from '../../compress/masks.ts';
import { wholeMasks } from '../../compress/select.ts';
import { slimmingPenalty, withPenalty } from '../../compress/slimming.ts';
import { CancelledError } from '../../base/control.ts';
import { batchCount, batches } from '../../data/batches.ts';
import { augmentOf } from '../../data/load.ts';
import { drawDropoutMask, dropoutSites } from '../../network/dropout.ts';
import type { MaskSet, WeightSet } from '../../network/graph.ts';
import { freshOptimizer, type OptimizerState, type Weighed } from '../../network/model.ts';
import { Random } from '../../base/random.ts';
import { emptyWindow, epochsDone, record, type RunContext } from '../context.ts';
import { TrainingModel } from '../../train/training-model.ts';
import { learningRate } from '../../train/schedule.ts';
import { LiveModel, stageRandom } from './live-model.ts';
import { warnOfLoss } from './warnings.ts';

type TrainStage = Extract<Stage, { kind: 'train' }>;

/** Points of the training curves per epoch. */
const POINTS_PER_EPOCH = 10;

/** Trains for the stage's epochs from where `data` stands, with a checkpoint after every epoch and on cancelling. */
export async function runTrainStage(context: RunContext, stage: TrainStage): Promise<void> {
  const training = new StageTraining(context, stage);
  try {
    await training.run();
  } catch (error) {
    if (error instanceof CancelledError) await training.save();
    throw error;
  } finally {
    training.dispose();
  }
}

class StageTraining {
  private readonly context: RunContext;
  private readonly stage: TrainStage;
  private readonly model: TrainingModel;
  private readonly dynamics: Dynamics | undefined;
  private readonly live: LiveModel;
  private readonly startEpoch: number;
  private readonly perEpoch: number;
  /** Steps that the optimiser's slots have seen. */
  private optimizerSteps: number;

  constructor(context: RunContext, stage: TrainStage) {
    this.context = context;
    this.stage = stage;
    const { data, backend } = context;
    const { model } = data;
    const spec = stage.dynamics;
    this.startEpoch = stage.startEpoch ?? 0;
    this.optimizerSteps = data.model.optimizer.steps;
    this.perEpoch = batchCount(context.dataset.train, stage.spec.batchSize);
    if (data.epoch === 0 && data.batch === 0) {
      data.epoch = Math.floor(this.startEpoch);
      data.batch = Math.round((this.startEpoch % 1) * this.perEpoch);
    }
    if (spec !== undefined && model.masks.size === 0) model.masks = wholeMasks(model.network, spec.selection);
    this.dynamics =
      spec === undefined
        ? undefined
        : dynamicsKinds.get(spec.id).create({
            network: model.network,
            spec,
            weights: model.weights,
            saved: data.dynamics ?? undefined,
            random: (label) => stageRandom(context, stage.id, label),
          });
    this.model = new TrainingModel(backend, model, stage.spec, {
      extras: this.extras(),
      hooks: this.hooks(),
      teacher: this.teacher(),
    });
    this.live = new LiveModel(context, stage.id, this.perEpoch, spec?.selection, this.model);
  }

  async run(): Promise<void> {
    const { data } = this.context;
    while (data.epoch < this.stage.spec.epochs) {
      await this.trainEpoch();
      // Until it is measured an epoch is not over: a run that is cancelled meanwhile measures when it goes on.
      await this.closeEpoch();
      data.epoch++;
      data.batch = 0;
      await this.save();
    }
    await this.keepForRewinding(this.stage.spec.epochs * this.perEpoch);
    const { weights, masks } = await this.deployed();
    const optimizer = this.stage.keepOptimizer === true ? await this.optimizer() : freshOptimizer();
    data.model = { ...data.model, weights, masks, optimizer };
    warnOfLoss(this.context, masks, this.stage.spec.epochs - this.startEpoch);
    data.extras = new Map();
  }

  /** A checkpoint of where training stands, between two steps. */
  async save(): Promise<void> {
    const { data } = this.context;
    data.model.weights = await this.model.weights();
    data.model.optimizer = await this.optimizer();
    data.extras = new Map(
      Object.entries(await this.model.extras()).map(([name, { data: values }]) => [
        name,
        values as Float32Array,
      ]),
    );
    data.dynamics = this.dynamics?.save() ?? null;
    await this.context.checkpoint();
  }

  dispose(): void {
    this.model.dispose();
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
      const sites = dropoutSites(this.model.network, batch.size);
      const dropout = Object.fromEntries(
        sites.map((site) => [site.node, drawDropoutMask(site, dropoutRandom)]),
      );
      if (index++ < data.batch) continue;
      await control.gate();
      const done = data.epoch * perEpoch + index - 1;
      await this.keepForRewinding(done);
      await this.dynamics?.beforeStep(done, total, this.live);
      const start = performance.now();
      const lr = learningRate(spec, done, total);
      const { loss, correct } = await this.model.train(
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

  private async optimizer(): Promise<OptimizerState> {
    return { slots: await this.model.slots(), steps: this.optimizerSteps };
  }

  /** Lottery tickets go back to the weights and the optimiser of this moment. */
  private async keepForRewinding(done: number): Promise<void> {
    const { keepAt } = this.stage;
    if (keepAt === undefined || done !== Math.round(keepAt * this.perEpoch)) return;
    const { network } = this.model;
    const weights = await this.model.weights();
    // Before the first step all slots are zero.
    const optimizer = done === 0 ? freshOptimizer() : await this.optimizer();
    this.context.data.snapshots.set('rewound', { network, weights, optimizer });
  }

  /** After an epoch: pruned weights must still be zero; the validation part is measured. */
  private async closeEpoch(): Promise<void> {
    const { base, data, dataset, control, evaluator, progress } = this.context;
    const { network } = this.model;
    const epochs = data.epoch + 1 - this.startEpoch;
    const { weights, masks } = await this.deployed();
    const revived = revivedWeights(weights, masks);
    if (revived > 0) {
      throw runError('prune/revived', `${revived} pruned weights were no longer zero after an epoch.`, {
        remedy: 'This is a bug in the program: please report it with the recipe.',
      });
    }
    if (dataset.validation.size > 0) {
      const model = this.dynamics?.deployed === undefined ? this.model : { network, weights };
      const measured = await evaluator.evaluate(model, dataset, dataset.validation, () => control.gate());
      record(this.context, epochs, {
        'validation/loss': measured.loss,
        'validation/accuracy': measured.accuracy,
        sparsity: overallSparsity(network, masks, base),
      });
    }
    this.context.emit({
      type: 'layers',
      epoch: epochsDone(this.context, epochs),
      layers: layerSparsities(network, masks, base),
    });
    progress.report(data.stage, epochs, data.steps, true);
  }

  private async deployed(): Promise<{ weights: WeightSet; masks: MaskSet }> {
    const own = await this.dynamics?.deployed?.(this.live);
    return own ?? { weights: await this.model.weights(), masks: this.context.data.model.masks };
  }

  /** What the dynamics and the penalty of network slimming add to the step. */
  private hooks(): StepHooks | undefined {
    const hooks = this.dynamics?.hooks;
    const { slimming } = this.stage;
    if (slimming === undefined) return hooks;
    return withPenalty(hooks, slimmingPenalty(this.context.data.model.network, slimming));
  }

  /** The dense network, where the stage learns from it. */
  private teacher(): Weighed | undefined {
    if (this.stage.spec.distill === undefined) return undefined;
    const dense = this.context.data.snapshots.get('dense');
    if (dense === undefined) throw new Error('the plan distils from a dense network that nothing kept');
    return dense;
  }

  /** The dynamics' tensors: fresh, or as the checkpoint kept them. */
  private extras(): HostRecord {
    const kept = this.context.data.extras;
    return Object.fromEntries(
      Object.entries(this.dynamics?.extras ?? {}).map(([name, tensor]) => {
        const data = kept.get(name);
        return [name, data === undefined ? tensor : { ...tensor, data }];
      }),
    );
  }
}
