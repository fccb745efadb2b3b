import * as tf from '@tensorflow/tfjs-core';
import { runError } from '../../../contract/errors.ts';
import type { BatchNormMode } from '../../../contract/recipe.ts';
import type { HostRecord, StepFunction, TensorRecord } from '../../backend/backend.ts';
import { labelLoss } from '../../gradients/loss.ts';
import { fed } from '../../backend/fed.ts';
import type { Batch } from '../../data/batches.ts';
import { forward } from '../../network/forward.ts';
import { sizeOf, type Network } from '../../network/graph.ts';
import { judgementBy } from '../../network/head.ts';
import type { ScoringContext } from './criterion.ts';
import type { ScoreSet } from '../scores.ts';
import { maskedPoint, noDropout, paramsIn } from './point.ts';
import { scaled } from './products.ts';
import { compiledStep } from './steps.ts';

/** How gradients are taken for scores. */
export interface GradientOptions {
  /** With which statistics batch norms compute. */
  readonly batchNorm: BatchNormMode;
  /** Logits are divided by this before the cross-entropy; 1 when left out. */
  readonly temperature?: number;
}

const sumOf = (name: string) => `sum/${name}`;

/** The mean over all samples of the loss's gradient at the masked point: that of one large batch, in bounded memory. */
export function meanGradients(
  context: ScoringContext,
  batches: Iterable<Batch>,
  temperature = 1,
): Promise<ScoreSet> {
  return accumulated(context, batches, 'gradient', { batchNorm: context.batchNorm, temperature });
}

/**
 * The mean over batches of the squared gradient of each batch's mean loss. With batches of one sample this is the diagonal
 * of the empirical Fisher information.
 */
export function meanSquaredGradients(context: ScoringContext, batches: Iterable<Batch>): Promise<ScoreSet> {
  return accumulated(context, batches, 'square', { batchNorm: context.batchNorm });
}

type Quantity = 'gradient' | 'square';

async function accumulated(
  context: ScoringContext,
  batches: Iterable<Batch>,
  quantity: Quantity,
  options: GradientOptions,
): Promise<ScoreSet> {
  const { network, weights, masks, params, data, backend } = context;
  const zeros: HostRecord = Object.fromEntries(
    params.map((name) => {
      const shape = network.params[name]?.shape ?? [];
      return [sumOf(name), { shape, data: new Float32Array(sizeOf(shape)) }];
    }),
  );
  const key = JSON.stringify([quantity, options, params]);
  const step = compiledStep(backend, network, key, () =>
    accumulationStep(network, params, quantity, options),
  );
  const state = backend.createState({ ...maskedPoint(network, weights, masks), ...zeros });
  try {
    let total = 0;
    for (const batch of batches) {
      const share = quantity === 'gradient' ? batch.size : 1;
      total += share;
      const { loss } = await step.run(state, {
        ...fed(batch, data.sampleShape),
        share: { shape: [], data: Float32Array.of(share) },
      });
      refuseDiverged(loss?.data[0]);
    }
    const sums = await state.read(params.map(sumOf));
    return scaled(sums, params, 1 / Math.max(1, total), sumOf);
  } finally {
    state.dispose();
  }
}

/** Adds share * gradient, or share * gradient^2, to sum/<name>. */
function accumulationStep(
  network: Network,
  params: readonly string[],
  quantity: Quantity,
  options: GradientOptions,
): StepFunction {
  return (inputs, state) => {
    const { loss, gradients } = lossAndGradients(network, params, paramsIn(network, state), inputs, options);
    const next: TensorRecord = {};
    params.forEach((name, i) => {
      const gradient = gradients[i] as tf.Tensor;
      const term = quantity === 'square' ? tf.square(gradient) : gradient;
      next[sumOf(name)] = tf.add(state[sumOf(name)] as tf.Tensor, tf.mul(term, inputs.share as tf.Tensor));
    });
    return { outputs: { loss }, state: next };
  };
}

/** Mean loss of the batch x, y and its gradients by some of the parameters. */
export function lossAndGradients(
  network: Network,
  params: readonly string[],
  point: TensorRecord,
  inputs: TensorRecord,
  { batchNorm, temperature = 1 }: GradientOptions,
): { loss: tf.Tensor; gradients: tf.Tensor[] } {
  const x = inputs.x as tf.Tensor;
  const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
    const current = { ...point };
    params.forEach((name, i) => (current[name] = values[i] as tf.Tensor));
    const dropoutMasks = noDropout(network, x.shape[0] ?? 1);
    const { logits } = forward(network, current, x, { training: batchNorm === 'training', dropoutMasks });
    const tempered = temperature === 1 ? logits : tf.div<tf.Tensor2D>(logits, temperature);
    return labelLoss(judgementBy(network), tempered, inputs.y as tf.Tensor, 0);
  };
  const { value, grads } = tf.valueAndGrads(lossOf)(params.map((name) => point[name] as tf.Tensor));
  return { loss: value, gradients: grads };
}

/** @throws EspalierError when the loss at the point to be scored is no number. */
export function refuseDiverged(loss: number | undefined): void {
  if (loss !== undefined && Number.isFinite(loss)) return;
  throw runError('prune/diverged', `The loss is ${loss} where the weights are to be scored.`, {
    remedy: 'The weights have diverged: lower the learning rate of the training before.',
  });
}
