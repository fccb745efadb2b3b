import { batches, type Batch } from '../../data/batches.ts';
import type { Dataset, Split } from '../../data/dataset.ts';
import { Random } from '../../random.ts';
import type { ScoringData } from './criterion.ts';

/** The training part as criteria see it: shuffled by seed and label, normalised, never augmented. */
export function scoringData(dataset: Dataset, seed: number, label: string): ScoringData {
  const random = () => Random.from(seed, `scoring/${label}`);
  return {
    sampleShape: dataset.sampleShape,
    classes: dataset.classes.length,
    batches: (batchSize) =>
      batches(dataset.train, dataset, { batchSize, order: 'shuffled', random: random() }),
    balanced(perClass) {
      const chosen = balancedIndices(dataset.train, dataset.classes.length, perClass, random());
      const [batch] = batches(subset(dataset.train, chosen), dataset, {
        batchSize: Math.max(1, chosen.length),
        order: 'sequential',
      });
      return batch as Batch;
    },
  };
}

/** Indices of up to `perClass` samples of every class, drawn without replacement. */
function balancedIndices(split: Split, classes: number, perClass: number, random: Random): number[] {
  const left = new Array<number>(classes).fill(perClass);
  const order = random.shuffle(Int32Array.from({ length: split.size }, (_, i) => i));
  return [...order].filter((i) => {
    const label = split.labels[i] ?? 0;
    return (left[label] = (left[label] ?? 0) - 1) >= 0;
  });
}

function subset(split: Split, indices: readonly number[]): Split {
  const size = split.values.length / split.size;
  const values = split.values.slice(0, indices.length * size);
  indices.forEach((from, to) => values.set(split.values.subarray(from * size, (from + 1) * size), to * size));
  return { size: indices.length, values, labels: Int32Array.from(indices, (i) => split.labels[i] ?? 0) };
}
