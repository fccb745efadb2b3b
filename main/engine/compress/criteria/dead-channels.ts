import type { StepFunction, TensorRecord } from '../../backend/backend.ts';
import type { Batch } from '../../data/batches.ts';
import { fed } from '../../backend/fed.ts';
import { forward } from '../../network/forward.ts';
import type { Network } from '../../network/graph.ts';
import { numberAttr } from '../../network/node-reading.ts';
import { normsAfterWeights, withFullMomentum } from '../../network/norm-after.ts';
import type { ScoringContext } from './criterion.ts';
import type { ScoreSet } from '../scores.ts';
import { maskedPoint, noDropout, paramsIn } from './point.ts';
import { compiledStep } from './steps.ts';

/** A channel varies less than this share of its norm's epsilon where it is constant but for rounding. */
const CONSTANT = 1e-4;

/**
 * Sets the scores of weights to zero whose channel is the same for every sample at the masked point. Where nothing comes in at a
 * channel, a batch norm in training mode divides by sqrt(0 + epsilon): gradients by what was pruned there are some 300 times
 * too large, and without this they would steer every round after the first one that empties a channel.
 */
export async function silenceDeadChannels(
  context: ScoringContext,
  batches: Iterable<Batch>,
  scores: ScoreSet,
): Promise<void> {
  const norms = normsAfterWeights(context.network);
  if (norms.size === 0) return;
  const variances = await batchVariances(context, batches);
  for (const [name, norm] of norms) {
    const part = scores.get(name);
    const variance = variances.get(norm.params['variance'] ?? '');
    if (part === undefined || variance === undefined) continue;
    const perChannel = part.length / variance.length;
    const least = CONSTANT * numberAttr(norm, 'epsilon', 1e-5);
    variance.forEach((value, channel) => {
      if (value < least) part.fill(0, channel * perChannel, (channel + 1) * perChannel);
    });
  }
}

/** The largest variance of every channel in any of the batches, by the name of the running one. */
async function batchVariances(
  { network, weights, masks, data, backend }: ScoringContext,
  batches: Iterable<Batch>,
): Promise<Map<string, Float32Array>> {
  const step = compiledStep(backend, network, 'batch-variances', () => variancesStep(network));
  const state = backend.createState(maskedPoint(network, weights, masks));
  const largest = new Map<string, Float32Array>();
  try {
    for (const batch of batches) {
      for (const [name, { data: found }] of Object.entries(
        await step.run(state, fed(batch, data.sampleShape)),
      )) {
        const before = largest.get(name);
        largest.set(
          name,
          Float32Array.from(found, (value, i) => Math.max(value, before?.[i] ?? 0)),
        );
      }
    }
  } finally {
    state.dispose();
  }
  return largest;
}

/** Outputs: the variance of the batch before every batch norm. */
function variancesStep(network: Network): StepFunction {
  const momentary = withFullMomentum(network);
  return (inputs, state) => {
    const x = inputs['x'] as TensorRecord[string];
    const dropoutMasks = noDropout(network, x.shape[0] ?? 1);
    const { updates } = forward(momentary, paramsIn(network, state), x, { training: true, dropoutMasks });
    const variances = Object.entries(updates).filter(([name]) => network.params[name]?.role === 'variance');
    return { outputs: Object.fromEntries(variances), state: {} };
  };
}
