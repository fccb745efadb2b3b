import type { Pairs } from '../../contract/report.ts';
import type { Classification } from './classification.ts';

type Answers = Pick<Classification, 'samples' | 'right'>;

/**
 * Which samples only one of two networks gets right, by their place in the part, ascending.
 * @throws RangeError when they did not answer as many
 */
export function flips(before: Answers, after: Answers): { lost: number[]; gained: number[] } {
  if (before.samples !== after.samples)
    throw new RangeError(`${before.samples} and ${after.samples} samples`);
  const [a, b] = [bits(before), bits(after)];
  const lost: number[] = [];
  const gained: number[] = [];
  for (let i = 0; i < before.samples; i++) {
    const mask = 1 << (i & 7);
    const was = ((a[i >> 3] ?? 0) & mask) !== 0;
    const is = ((b[i >> 3] ?? 0) & mask) !== 0;
    if (was && !is) lost.push(i);
    if (is && !was) gained.push(i);
  }
  return { lost, gained };
}

/**
 * How two networks answer the same samples.
 * @throws RangeError when they did not answer as many
 */
export function pairsOf(before: Answers, after: Answers): Pairs {
  const { lost, gained } = flips(before, after);
  return { lost: lost.length, gained: gained.length, samples: before.samples };
}

const bits = ({ right }: Answers): Uint8Array => Buffer.from(right, 'base64');
