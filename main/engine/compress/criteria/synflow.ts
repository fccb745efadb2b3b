import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, StepFunction } from '../../backend/backend.ts';
import { maskedValues } from '../../network/masked.ts';
import type { Network, WeightSet } from '../../network/graph.ts';
import type { Criterion, ScoringContext } from './criterion.ts';
import { maskedPoint, paramsIn } from './point.ts';
import { scaled, scoresFrom } from './products.ts';
import { positiveFlow, withoutFlow } from './positive-flow.ts';
import { compiledStep } from './steps.ts';

/** Beyond 2^900 a flow has no place in a float64 beside its products; its scores stay divided by the common power of two. */
const LARGEST_EXPONENT = 900;

/**
 * Synaptic flow (SynFlow, Tanaka et al. 2020, arXiv 2006.05467): |w dR/dw|, where R is the sum of the outputs for an input
 * of ones in the network of absolute parameters, batch norms in evaluation mode. It looks at no data. Iterated to the target
 * (`rounds: 100`) it empties no layer before it must.
 */
export const synflow: Criterion = {
  id: 'synflow',
  label: 'SynFlow',
  summary: 'Keeps the weights through which most of the network flows, without looking at data.',
  computes: true,
  unfit: withoutFlow,
  async score(context) {
    const { network, params, backend } = context;
    const step = compiledStep(backend, network, JSON.stringify(['synflow', params]), () =>
      flowStep(network, params),
    );
    const absolute = absoluteWeights(context);
    const state = backend.createState(maskedPoint(network, absolute, new Map()));
    try {
      const outputs = await step.run(state, { ones: onesFor(context) });
      const exponent = outputs['exponent']?.data[0] ?? 0;
      const scale = 2 ** (Math.abs(exponent) > LARGEST_EXPONENT ? 0 : exponent);
      const flows = scaled(outputs, params, scale);
      return scoresFrom(absolute, flows, (weight, flow) => weight * flow);
    } finally {
      state.dispose();
    }
  },
};

/** Outputs: dR/dw of every scored parameter, divided by 2^exponent, and `exponent`. */
function flowStep(network: Network, params: readonly string[]): StepFunction {
  return (inputs, state) => {
    const point = paramsIn(network, state);
    let exponent: tf.Tensor | undefined;
    const flowOf = (...values: tf.Tensor[]): tf.Scalar => {
      const current = { ...point };
      params.forEach((name, i) => (current[name] = values[i] as tf.Tensor));
      const flow = positiveFlow(network, current, inputs['ones'] as tf.Tensor);
      exponent = tf.keep(flow.exponent);
      return flow.total;
    };
    const gradients = tf.grads(flowOf)(params.map((name) => point[name] as tf.Tensor));
    const kept = exponent;
    if (kept === undefined) throw new Error('the flow was not computed');
    const outputs = Object.fromEntries(params.map((name, i) => [name, gradients[i] as tf.Tensor]));
    outputs['exponent'] = tf.clone(kept);
    kept.dispose();
    return { outputs, state: {} };
  };
}

function onesFor({ network, data }: ScoringContext): HostRecord[string] {
  const shape = [1, ...(network.inputs[0]?.shape ?? data.sampleShape)];
  return { shape, data: new Float32Array(shape.reduce((size, dim) => size * dim, 1)).fill(1) };
}

/** All parameters, running statistics too, without their signs; pruned weights are zero. */
function absoluteWeights({ network, weights, masks }: ScoringContext): WeightSet {
  return new Map(
    Object.entries(network.params).map(([name, { shape }]) => [
      name,
      { shape, data: maskedValues(name, weights, masks).map(Math.abs) },
    ]),
  );
}
