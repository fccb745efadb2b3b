import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord, StepFunction } from '../../backend/backend.ts';
import type { Network } from '../../network/graph.ts';
import type { Criterion, ScoringContext } from './criterion.ts';
import { at, maskedPoint, paramsIn } from './point.ts';
import { scoresFrom } from './products.ts';
import { positiveFlow } from './positive-flow.ts';
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
  async score(context) {
    const { network, params, backend } = context;
    const step = compiledStep(backend, network, JSON.stringify(['synflow', params]), () =>
      flowStep(network, params),
    );
    const point = absolute(maskedPoint(network, context.weights, context.masks));
    const state = backend.createState(point);
    try {
      const outputs = await step.run(state, { ones: onesFor(context) });
      const exponent = outputs['exponent']?.data[0] ?? 0;
      const scale = 2 ** (Math.abs(exponent) > LARGEST_EXPONENT ? 0 : exponent);
      const flows = new Map(
        params.map((name) => [name, Float64Array.from(outputs[name]?.data ?? [], (value) => value * scale)]),
      );
      const masked = new Map(params.map((name) => [name, { shape: [], data: dataOf(point, name) }]));
      return scoresFrom(masked, flows, (weight, flow) => weight * flow);
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

function absolute(point: HostRecord): HostRecord {
  return Object.fromEntries(
    Object.entries(point).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data, Math.abs) },
    ]),
  );
}

function dataOf(point: HostRecord, name: string): Float32Array {
  return Float32Array.from(point[at(name)]?.data ?? []);
}
