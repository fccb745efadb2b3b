import { setImmediate } from 'node:timers/promises';
import { maskedValues } from '../../network/masked.ts';
import type { Criterion } from './criterion.ts';
import { positiveFlow, withoutFlow } from './positive-flow.ts';
import { scoresFrom } from './products.ts';

/** Beyond 2^900 a flow has no place in a float64 beside its products; its scores stay divided by the common power of two. */
const LARGEST_EXPONENT = 900;

/**
 * Synaptic flow (SynFlow, Tanaka et al. 2020, arXiv 2006.05467): |w dR/dw|, where R is the sum of the outputs for an input
 * of ones in the network of absolute parameters (running statistics too), batch norms in evaluation mode. It looks at no data.
 * Iterated to the target (`rounds: 100`) it empties no layer before it must.
 *
 * In rounds every rounding of one is carried into the next: in float32, masks of a ResNet-20 drift apart by some percent of what
 * they keep within twenty. So the flow is computed in double precision, in a fixed order: the same weights have the same masks
 * on every device.
 */
export const synflow: Criterion = {
  id: 'synflow',
  label: 'SynFlow',
  summary: 'Keeps the weights through which most of the network flows, without looking at data.',
  unfit: withoutFlow,
  async score({ network, weights, masks, params }) {
    // Messages come in between rounds.
    await setImmediate();
    const values = new Map(
      Object.keys(network.params).map((name) => [name, absolute(maskedValues(name, weights, masks))]),
    );
    const { gradients, exponent } = positiveFlow(network, values, params);
    const scale = Math.abs(exponent) > LARGEST_EXPONENT ? 1 : 2 ** exponent;
    return scoresFrom(weights, gradients, (weight, slope) => Math.abs(weight) * (slope * scale));
  },
};

function absolute(values: Float32Array): Float64Array {
  const found = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) found[i] = Math.abs(values[i] as number);
  return found;
}
