import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../network/graph.ts';
import { batchNorms } from '../network/norm-after.ts';
import type { StepHooks } from './dynamics/dynamics.ts';

/** The penalty of the papers: network slimming's for VGG, and early-bird's. */
export const SLIMMING = 1e-4;

/**
 * Network slimming's training penalty (Liu et al. 2017, equation 1): lambda |gamma| summed over the scales of all batch norms,
 * whose subgradient lambda sign(gamma) joins the gradient before momentum. A scale of exactly zero is left there.
 */
export function slimmingPenalty(network: Network, lambda: number): NonNullable<StepHooks['penalty']> {
  const scales = new Set(batchNorms(network).map(({ params }) => params['scale'] ?? ''));
  return (name, weight) => (scales.has(name) ? tf.mul(sign(weight), lambda) : undefined);
}

function sign(weight: tf.Tensor): tf.Tensor {
  return tf.sub(tf.cast(tf.greater(weight, 0), 'float32'), tf.cast(tf.less(weight, 0), 'float32'));
}

/** Hooks with a further term in the gradients. */
export function withPenalty(
  hooks: StepHooks | undefined,
  penalty: NonNullable<StepHooks['penalty']>,
): StepHooks {
  return {
    ...hooks,
    penalty(name, weight, extras) {
      const terms = [hooks?.penalty?.(name, weight, extras), penalty(name, weight, extras)].filter(
        (term) => term !== undefined,
      );
      return terms.length === 0 ? undefined : terms.reduce((sum, term) => tf.add(sum, term));
    },
  };
}
