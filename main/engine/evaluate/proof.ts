import { runError } from '../../contract/errors.ts';
import type { Weighed } from '../network/model.ts';

/** The largest difference, relative to the largest logit (at least 1), that float32's rounding accounts for. */
const LIMIT = 1e-4;

/** That a network without some channels computes what it computed with them set to zero. */
export interface Proof {
  /** Largest |masked - smaller| of a logit over the largest |logit|, which counts as at least 1. */
  readonly difference: number;
  readonly samples: number;
}

/** Normalised samples. */
interface Probe {
  readonly x: Float32Array;
  readonly size: number;
}

/**
 * Runs a network whose channels are masked, and the one without them, on the same samples.
 * @param answer the logits of a model
 * @param probes at least one
 * @throws EspalierError 'structure/differs' when they are further apart than rounding explains
 */
export async function prove(
  answer: (model: Weighed, probe: Probe) => Promise<Float32Array>,
  masked: Weighed,
  smaller: Weighed,
  probes: Iterable<Probe>,
): Promise<Proof> {
  let [apart, largest, samples] = [0, 1, 0];
  for (const probe of probes) {
    const [before, after] = [await answer(masked, probe), await answer(smaller, probe)];
    before.forEach((value, i) => {
      const difference = Math.abs(value - (after[i] ?? NaN));
      // NaN is further apart than anything.
      apart = difference <= apart ? apart : Number.isNaN(difference) ? Infinity : difference;
      if (Math.abs(value) > largest) largest = Math.abs(value);
    });
    samples += probe.size;
  }
  const difference = apart / largest;
  if (!(difference <= LIMIT)) {
    throw runError(
      'structure/differs',
      `Without the channels that leave, the network '${smaller.network.name}' answers otherwise than with them set to zero: by ${difference}, measured on ${samples} samples.`,
      { remedy: 'The weights are safe in the run; please report this with the recipe.' },
    );
  }
  return { difference, samples };
}
