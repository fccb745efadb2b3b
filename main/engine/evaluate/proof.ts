import { runError } from '../../contract/errors.ts';
import { formatNumber } from '../../words/format.ts';
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
export interface Probe {
  readonly x: Float32Array;
  readonly size: number;
}

/** The logits of a model. */
type Answer = (model: Weighed, probe: Probe) => Promise<Float32Array>;

/**
 * Runs two networks on the same samples.
 * @param probes at least one
 */
export async function apart(answer: Answer, a: Weighed, b: Weighed, probes: Iterable<Probe>): Promise<Proof> {
  let [most, largest, samples] = [0, 1, 0];
  for (const probe of probes) {
    const [before, after] = [await answer(a, probe), await answer(b, probe)];
    before.forEach((value, i) => {
      const difference = Math.abs(value - (after[i] ?? NaN));
      // NaN is further apart than anything.
      most = difference <= most ? most : Number.isNaN(difference) ? Infinity : difference;
      if (Math.abs(value) > largest) largest = Math.abs(value);
    });
    samples += probe.size;
  }
  return { difference: most / largest, samples };
}

/**
 * Runs a network whose channels are masked, and the one without them, on the same samples.
 * @param probes at least one
 * @param than what the channels are in the first network
 * @throws EspalierError 'structure/differs' when they are further apart than rounding explains
 */
export async function prove(
  answer: Answer,
  masked: Weighed,
  smaller: Weighed,
  probes: Iterable<Probe>,
  than = 'set to zero',
): Promise<Proof> {
  const proof = await apart(answer, masked, smaller, probes);
  if (proof.difference <= LIMIT) return proof;
  throw runError(
    'structure/differs',
    `Without the channels that leave, the network '${smaller.network.name}' answers otherwise than with them ${than}: by ${formatNumber(proof.difference)} of the largest logit, measured on ${proof.samples} samples.`,
    { remedy: 'The weights are safe in the run; please report this with the recipe.' },
  );
}
