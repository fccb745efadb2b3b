import type { Report } from '../contract/report.ts';
import { formatCount, formatNumber } from './format.ts';

/** '96 channels left; the network without them differs by at most 2.1e-6 of the largest logit from the masked one (256 samples)'. */
export function removalWords({ channels, difference, samples }: Report['removals'][number]): string {
  const many = channels === 1 ? '1 channel' : `${formatCount(channels)} channels`;
  return `${many} left; the network without them differs by at most ${formatNumber(difference)} of the largest logit from the masked one (${formatCount(samples)} samples)`;
}
