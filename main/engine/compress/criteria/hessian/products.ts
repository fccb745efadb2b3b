import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, StepFunction, TensorRecord } from '../../../backend/backend.ts';
import type { Batch } from '../../../data/batches.ts';
import { sizeOf, type Network } from '../../../network/graph.ts';
import type { ScoreSet, ScoringContext } from '../criterion.ts';
import { fed, maskedPoint, paramsIn } from '../point.ts';
import { compiledStep } from '../steps.ts';
import { derivativeAlong } from './derivative.ts';

const directionOf = (name: string) => `direction/${name}`;
const sumOf = (name: string) => `sum/${name}`;

/**
 * The Hessian of the mean loss over all samples times a direction in the space of the scored parameters, at the masked
 * point, batch norms in training mode. H v is the gradient of the loss's derivative along v (Pearlmutter 1994); the derivative
 * comes from one forward pass that carries it beside the values.
 * @param direction v, by parameter.
 */
export async function hessianProducts(
  context: ScoringContext,
  batches: Iterable<Batch>,
  direction: ScoreSet,
  temperature: number,
): Promise<ScoreSet> {
  const { network, weights, masks, params, data, backend } = context;
  const extras: HostRecord = {};
  for (const name of params) {
    const shape = network.params[name]?.shape ?? [];
    extras[directionOf(name)] = { shape, data: Float32Array.from(direction.get(name) ?? []) };
    extras[sumOf(name)] = { shape, data: new Float32Array(sizeOf(shape)) };
  }
  const step = compiledStep(backend, network, JSON.stringify(['hessian', temperature, params]), () =>
    productStep(network, params, temperature),
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
    return new Map(
      params.map((name) => [
        name,
        Float64Array.from(sums[sumOf(name)]?.data ?? [], (sum) => sum / Math.max(1, total)),
      ]),
    );
  } finally {
    state.dispose();
  }
}

/** Adds share * H v to sum/<name>. */
function productStep(network: Network, params: readonly string[], temperature: number): StepFunction {
  return (inputs, state) => {
    const point = paramsIn(network, state);
    const direction: TensorRecord = Object.fromEntries(
      params.map((name) => [name, state[directionOf(name)] as tf.Tensor]),
    );
    const slope = (...values: tf.Tensor[]): tf.Scalar => {
      const current = { ...point };
      params.forEach((name, i) => (current[name] = values[i] as tf.Tensor));
      return derivativeAlong(network, current, direction, inputs, temperature);
    };
    const { value, grads } = tf.valueAndGrads(slope)(params.map((name) => point[name] as tf.Tensor));
    const next: TensorRecord = {};
    params.forEach((name, i) => {
      const share = inputs['share'] as tf.Tensor;
      next[sumOf(name)] = tf.add(state[sumOf(name)] as tf.Tensor, tf.mul(grads[i] as tf.Tensor, share));
    });
    return { outputs: { slope: value }, state: next };
  };
}
