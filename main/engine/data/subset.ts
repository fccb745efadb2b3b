import type { Random } from '../base/random.ts';
import type { Split } from './dataset.ts';
import { pickLabels } from './labels.ts';

/** These samples of a part, in this order. */
export function picked({ size, values, labels }: Split, indices: Int32Array): Split {
  const perSample = values.length / size;
  const length = indices.length * perSample;
  const taken = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  indices.forEach((from, to) =>
    taken.set(values.subarray(from * perSample, (from + 1) * perSample), to * perSample),
  );
  return { size: indices.length, values: taken, labels: pickLabels(labels, indices, labels.length / size) };
}

/** As many samples of a part, drawn once and in the part's order; all of them where it has no more. */
export function subset(split: Split, count: number, random: Random): Split {
  if (count >= split.size) return split;
  const all = random.shuffle(Int32Array.from({ length: split.size }, (_, i) => i));
  return picked(split, all.slice(0, count).sort());
}
