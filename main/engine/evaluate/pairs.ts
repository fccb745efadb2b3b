import type { Pairs } from '../../contract/report.ts';
import type { Classification } from './classification.ts';

type Answers = Pick<Classification, 'samples' | 'right'>;

/**
 * How two networks answer the same samples.
 * @throws RangeError when they did not answer as many
 */
export function pairsOf(before: Answers, after: Answers): Pairs {
  if (before.samples !== after.samples)
    throw new RangeError(`${before.samples} and ${after.samples} samples`);
  const [a, b] = [bits(before), bits(after)];
  let [lost, gained] = [0, 0];
  for (let i = 0; i < before.samples; i++) {
    const mask = 1 << (i & 7);
    const was = ((a[i >> 3] ?? 0) & mask) !== 0;
    const is = ((b[i >> 3] ?? 0) & mask) !== 0;
    if (was && !is) lost++;
    if (is && !was) gained++;
  }
  return { lost, gained, samples: before.samples };
}

const bits = ({ right }: Answers): Uint8Array => Buffer.from(right, 'base64');
