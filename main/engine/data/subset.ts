import type { Random } from '../base/random.ts';
import type { Dataset, Split } from './dataset.ts';
import { pickLabels } from './labels.ts';

/** As many samples of a part, drawn once and in the part's order; all of them where it has no more. */
export function subset(
  split: Split,
  { sampleShape, classes }: Dataset,
  count: number,
  random: Random,
): Split {
  if (count >= split.size) return split;
  const all = random.shuffle(Int32Array.from({ length: split.size }, (_, i) => i));
  const indices = all.slice(0, count).sort();
  const size = sampleShape.reduce((product, dim) => product * dim, 1);
  const { values } = split;
  const picked = values instanceof Uint8Array ? new Uint8Array(count * size) : new Float32Array(count * size);
  indices.forEach((index, i) => {
    picked.set(values.subarray(index * size, (index + 1) * size), i * size);
  });
  return { size: count, values: picked, labels: pickLabels(split.labels, indices, classes.length) };
}
