import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, StepFunction, TensorRecord } from '../../../backend/backend.ts';
import { fed } from '../../../backend/fed.ts';
import type { Batch } from '../../../data/batches.ts';
import { sizeOf, type Network } from '../../../network/graph.ts';
import type { ScoringContext } from '../criterion.ts';
import type { ScoreSet } from '../../scores.ts';
import { lossAndGradients, type GradientOptions } from '../gradients.ts';
import { maskedPoint, paramsIn } from '../point.ts';
import { scaled } from '../products.ts';
import { compiledStep } from '../steps.ts';
import { derivativeAlong } from './derivative.ts';

const directionOf = (name: string) => `direction/${name}`;
const sumOf = (name: string) => `sum/${name}`;

/**
 * The Hessian of the mean loss over all samples times a direction in the space of the scored parameters, at the masked
 * point. H v is the gradient of the loss's derivative along v (Pearlmutter 1994); the derivative
 * comes from one forward pass that carries it beside the values.
 * @param direction v, by parameter.
 */
export async function hessianProducts(
  context: ScoringContext,
  batches: Iterable<Batch>,
  direction: ScoreSet,
  temperature: number,
): Promise<ScoreSet> {
  const { network, weights, masks, params, data, backend, batchNorm } = context;
  const options = { batchNorm, temperature };
  const extras: HostRecord = {};
  for (const name of params) {
    const shape = network.params[name]?.shape ?? [];
    extras[directionOf(name)] = { shape, data: Float32Array.from(direction.get(name) ?? []) };
    extras[sumOf(name)] = { shape, data: new Float32Array(sizeOf(shape)) };
  }
  const step = compiledStep(backend, network, JSON.stringify(['hessian', options, params]), () =>
    productStep(network, params, options),
  );
  const state = backend.createState({ ...maskedPoint(network, weights, masks), ...extras });
  try {
    let total = 0;
    for (const batch of batches) {
      total += batch.size;
      await step.run(state, {
        ...fed(batch, data.sampleShape),
        share: { shape: [], data: Float32Array.of(batch.size) },
      });
    }
    const sums = await state.read(params.map(sumOf));
    return scaled(sums, params, 1 / Math.max(1, total), sumOf);
  } finally {
    state.dispose();
  }
}

/**
 * The Hessian times the gradient itself for a single batch, in one graph: the passes forward and backward that both need are
 * in it once, which makes it a quarter cheaper than two steps.
 */
export async function hessianGradientProduct(
  context: ScoringContext,
  batch: Batch,
  temperature: number,
): Promise<ScoreSet> {
  const { network, weights, masks, params, data, backend, batchNorm } = context;
  const options = { batchNorm, temperature };
  const step = compiledStep(backend, network, JSON.stringify(['hessian-gradient', options, params]), () =>
    gradientProductStep(network, params, options),
  );
  const state = backend.createState(maskedPoint(network, weights, masks));
  try {
    const outputs = await step.run(state, fed(batch, data.sampleShape));
    return scaled(outputs, params, 1);
  } finally {
    state.dispose();
  }
}

/** Outputs: H g by parameter. */
function gradientProductStep(
  network: Network,
  params: readonly string[],
  options: GradientOptions,
): StepFunction {
  return (inputs, state) => {
    const point = paramsIn(network, state);
    const { gradients } = lossAndGradients(network, params, point, inputs, options);
    const direction = named(params, gradients);
    const { products } = slopeAndProducts(network, params, point, direction, inputs, options);
    return { outputs: named(params, products), state: {} };
  };
}

/** Adds share * H v to sum/<name>. */
function productStep(network: Network, params: readonly string[], options: GradientOptions): StepFunction {
  return (inputs, state) => {
    const point = paramsIn(network, state);
    const direction = named(
      params,
      params.map((name) => state[directionOf(name)] as tf.Tensor),
    );
    const { slope, products } = slopeAndProducts(network, params, point, direction, inputs, options);
    const next: TensorRecord = {};
    params.forEach((name, i) => {
      const share = inputs['share'] as tf.Tensor;
      next[sumOf(name)] = tf.add(state[sumOf(name)] as tf.Tensor, tf.mul(products[i] as tf.Tensor, share));
    });
    return { outputs: { slope }, state: next };
  };
}

/** The loss's derivative along a direction v, and H v. */
function slopeAndProducts(
  network: Network,
  params: readonly string[],
  point: TensorRecord,
  direction: TensorRecord,
  inputs: TensorRecord,
  options: GradientOptions,
): { slope: tf.Tensor; products: tf.Tensor[] } {
  const slope = (...values: tf.Tensor[]): tf.Scalar =>
    derivativeAlong(network, { ...point, ...named(params, values) }, direction, inputs, options);
  const { value, grads } = tf.valueAndGrads(slope)(params.map((name) => point[name] as tf.Tensor));
  return { slope: value, products: grads };
}

function named(params: readonly string[], tensors: readonly tf.Tensor[]): TensorRecord {
  return Object.fromEntries(params.map((name, i) => [name, tensors[i] as tf.Tensor]));
}
