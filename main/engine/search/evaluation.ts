import type { TrainSpec } from '../../contract/recipe.ts';
import type { Random } from '../base/random.ts';
import type { Backend } from '../backend/backend.ts';
import { applyMasks, copyWeights } from '../compress/masks.ts';
import { batches, type Batch } from '../data/batches.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import { drawDropoutMask, dropoutSites } from '../network/dropout.ts';
import type { MaskSet, WeightSet } from '../network/graph.ts';
import { wholeModel, type Weighed } from '../network/model.ts';
import type { Evaluator } from '../train/evaluator.ts';
import { hasBatchNorm, Recalibrator } from '../train/recalibrate.ts';
import { learningRate } from '../train/schedule.ts';
import { TrainingModel } from '../train/training-model.ts';
import type { Measured } from './searcher.ts';
import { subset } from '../data/subset.ts';

/** Training samples that give batch norms their statistics. */
export const CALIBRATION = 256;
const CALIBRATION_BATCH = 64;

/** How widths are evaluated. */
export interface Evaluating {
  /** Validation samples that decide; training samples where there is no validation part. */
  readonly samples: number;
  /** Steps of fine-tuning before that, and how they go. */
  readonly fineTune: number;
  readonly spec: TrainSpec;
}

/** What an evaluation works with. */
interface Tools {
  readonly backend: Backend;
  readonly evaluator: Evaluator;
  readonly dataset: Dataset;
  readonly random: (label: string) => Random;
  /** Between batches: pause and cancel. */
  readonly gate: () => Promise<void>;
}

/**
 * What a trained network is worth under masks: accuracy and loss on some validation samples, with batch norms that have the
 * statistics of what is left (EagleEye, Li et al. 2020, arXiv 2007.02491), and after a few steps of fine-tuning where asked.
 * The samples are the same for all masks, and the same masks always come to the same.
 */
export class Evaluation {
  private readonly dense: Weighed;
  private readonly how: Evaluating;
  private readonly tools: Tools;
  private readonly judges: Split;
  private readonly calibration: Split;
  private recalibrator: Recalibrator | undefined;

  constructor(dense: Weighed, how: Evaluating, tools: Tools) {
    const { dataset, random } = tools;
    this.dense = dense;
    this.how = how;
    this.tools = tools;
    const { train, validation } = dataset;
    this.judges = subset(validation.size > 0 ? validation : train, how.samples, random('samples'));
    this.calibration = subset(train, CALIBRATION, random('calibration'));
  }

  get samples(): number {
    return this.judges.size;
  }

  async of(masks: MaskSet): Promise<Measured> {
    const { evaluator, dataset, gate } = this.tools;
    const { network } = this.dense;
    const pruned = copyWeights(this.dense.weights);
    applyMasks(pruned, masks);
    const weights = await this.recalibrated(await this.tuned(pruned, masks));
    const { accuracy, loss } = await evaluator.evaluate({ network, weights }, dataset, this.judges, gate);
    return { accuracy, loss };
  }

  dispose(): void {
    this.recalibrator?.dispose();
  }

  private async recalibrated(weights: WeightSet): Promise<WeightSet> {
    const { backend, dataset, random, gate } = this.tools;
    const { network } = this.dense;
    if (!hasBatchNorm(network)) return weights;
    this.recalibrator ??= new Recalibrator(backend, network);
    const options = { batchSize: CALIBRATION_BATCH, random: random('calibration-order'), gate };
    return this.recalibrator.run(weights, this.calibration, dataset, options);
  }

  private async tuned(weights: WeightSet, masks: MaskSet): Promise<WeightSet> {
    const { fineTune, spec } = this.how;
    if (fineTune === 0) return weights;
    const { backend, dataset, random, gate } = this.tools;
    const { network } = this.dense;
    const model = new TrainingModel(backend, { ...wholeModel({ network, weights }), masks }, spec);
    const dropout = random('fine-tune/dropout');
    try {
      let step = 0;
      for (const batch of this.trainingBatches()) {
        if (step === fineTune) break;
        await gate();
        const sites = dropoutSites(network, batch.size);
        const drawn = Object.fromEntries(sites.map((site) => [site.node, drawDropoutMask(site, dropout)]));
        const lr = learningRate(spec, step, fineTune);
        await model.train(batch, dataset.sampleShape, lr, ++step, drawn);
      }
      return await model.weights();
    } finally {
      model.dispose();
    }
  }

  /** Passes over the training part without end. */
  private *trainingBatches(): Generator<Batch> {
    const { dataset, random } = this.tools;
    const { batchSize } = this.how.spec;
    for (let pass = 0; ; pass++) {
      const order = random(`fine-tune/${pass}`);
      yield* batches(dataset.train, dataset, { batchSize, order: 'shuffled', random: order });
    }
  }
}
