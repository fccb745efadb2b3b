import * as tf from '@tensorflow/tfjs-core';
import type { StepFunction, TensorRecord } from '../../backend/backend.ts';
import { fed } from '../../backend/fed.ts';
import type { Axis } from '../../network/coupling/coupler.ts';
import { forwardValues } from '../../network/forward.ts';
import type { Network } from '../../network/graph.ts';
import type { CoupledUnits } from '../structures/structure.ts';
import type { Criterion } from './criterion.ts';
import { maskedPoint, paramsIn } from './point.ts';
import { compiledStep } from './steps.ts';

const SAMPLES = 2048;
const BATCH = 64;

/**
 * The mean absolute activation of a channel over training samples and positions (Molchanov et al. 2017, arXiv 1611.06440,
 * section 2.2; after a ReLU it is their mean activation), as the layers that read it take it in: behind norms, sums and
 * activations. Where layers read it at several places, the mean of those. Batch norms use their running statistics.
 */
export const activation: Criterion = {
  id: 'activation',
  label: 'Mean activation',
  summary: 'Keeps the channels whose activations are largest on training samples.',
  structures: { ids: ['channel'], why: 'activations are those of whole channels' },
  computes: true,
  pooling: { members: 'readers', slice: 'mean' },
  async score({ network, weights, masks, data, backend, units }) {
    const { coupled, spread } = units;
    if (coupled === undefined) throw new Error('activations are those of channels');
    const read = readAxes(coupled);
    const key = JSON.stringify(['activation', read.map(keyOf)]);
    const step = compiledStep(backend, network, key, () => sizesStep(network, read));
    const state = backend.createState(maskedPoint(network, weights, masks));
    const sums = new Map(read.map((axis) => [axis, new Float64Array(axis.size)]));
    let count = 0;
    try {
      for (const batch of data.shuffled(SAMPLES, BATCH)) {
        const means = await step.run(state, fed(batch, data.sampleShape));
        for (const [axis, sum] of sums) {
          means[keyOf(axis)]?.data.forEach((mean, i) => (sum[i] = (sum[i] as number) + mean * batch.size));
        }
        count += batch.size;
      }
    } finally {
      state.dispose();
    }
    return spread(ofChannels(coupled, sums, Math.max(1, count)));
  },
};

const keyOf = ({ name, axis }: Axis): string => `${name}/${axis}`;

/** The axes of values over which layers add channels up. */
function readAxes({ coupling: { record } }: CoupledUnits): Axis[] {
  return [...new Map(record.facts.sums.map(({ axis }) => [keyOf(axis), axis])).values()];
}

/** The mean, over the places where a channel is read, of its sizes there. */
function ofChannels(
  { groups, coupling: { record } }: CoupledUnits,
  sums: ReadonlyMap<Axis, Float64Array>,
  count: number,
): Map<string, Float64Array> {
  const bySlot = new Map<number, number[]>();
  for (const [axis, sum] of sums) {
    sum.forEach((value, i) => {
      const slot = record.slots.find(axis.first + i);
      bySlot.set(slot, [...(bySlot.get(slot) ?? []), value / count]);
    });
  }
  return new Map(
    groups.map(({ name, components }) => [
      name,
      Float64Array.from(components, ({ slot }) => {
        const values = bySlot.get(record.slots.find(slot)) ?? [];
        return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
      }),
    ]),
  );
}

/** Outputs: for each axis of a value the mean of |value| over all others. */
function sizesStep(network: Network, axes: readonly Axis[]): StepFunction {
  const [input] = network.inputs;
  const wanted = axes.map(({ name }) => name);
  return (inputs, state) => {
    const given = { [input?.name ?? '']: inputs['x'] as tf.Tensor };
    const { values } = forwardValues(network, paramsIn(network, state), given, wanted, { training: false });
    const outputs: TensorRecord = {};
    for (const axis of axes) {
      const value = values.get(axis.name)?.logical() as tf.Tensor;
      const others = value.shape.map((_, i) => i).filter((i) => i !== axis.axis);
      outputs[keyOf(axis)] = tf.mean(tf.abs(value), others);
    }
    return { outputs, state: {} };
  };
}
