import type { Random } from '../../base/random.ts';
import { CERTAIN, isKept } from './gibbs-sampler.ts';

/** Sweeps of the chain for one mask: the paper's code. */
const SWEEPS = 50;

/**
 * Draws the masks of a layer's filters from p(x) ~ exp(-beta/2 (b'x - c S1 S2)), x in {-1, 1}, where S1 and S2 are the sums of x
 * over the two colours of a filter's weights: each weight is coupled to all of the other colour and to none of its own, so that
 * a whole colour is drawn at once given the other (chromatic Gibbs sampling, Labach and Valaee 2020), with P(pruned) =
 * sigmoid(beta (b - c S)). The chain starts where the colours agree, all kept where the filter's weights are on average above
 * the threshold and all pruned elsewhere. When beta c S is large it stays there: the start then decides, as the exact law nearly
 * does, whose odds of all pruned to all kept are exp(beta sum b).
 * @param fields b of each weight, filter after filter, `size` weights each, the `first` of the first colour in front.
 * @returns 1 where a weight is kept.
 */
export function sampleFilters(
  fields: Float32Array,
  size: number,
  first: number,
  beta: number,
  coupling: number,
  random: Random,
): Float32Array {
  const kept = new Float32Array(fields.length);
  /** Draws one colour given the sum over the other. @returns the sum over the new values, and whether any draw was open */
  const colour = (from: number, to: number, other: number): { sum: number; open: boolean } => {
    let sum = 0;
    let open = false;
    for (let i = from; i < to; i++) {
      const logit = beta * (coupling * other - (fields[i] as number));
      const certain = Math.abs(logit) > CERTAIN;
      open ||= !certain;
      const stays = certain ? logit > 0 : isKept(logit, random.float());
      kept[i] = stays ? 1 : 0;
      sum += stays ? 1 : -1;
    }
    return { sum, open };
  };
  for (let start = 0; start < fields.length; start += size) {
    let second = (size - first) * (meanOf(fields, start, size) < 0 ? 1 : -1);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      const one = colour(start, start + first, second);
      const two = colour(start + first, start + size, one.sum);
      // Where no draw was open and the sum came back, every further sweep would be this one.
      if (!one.open && !two.open && two.sum === second) break;
      second = two.sum;
    }
  }
  return kept;
}

function meanOf(values: Float32Array, start: number, size: number): number {
  let sum = 0;
  for (let i = start; i < start + size; i++) sum += values[i] as number;
  return sum / size;
}
