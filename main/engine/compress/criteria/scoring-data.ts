import { batches, type Batch } from '../../data/batches.ts';
import type { Dataset } from '../../data/dataset.ts';
import { classesOf, type Labels } from '../../data/labels.ts';
import { picked } from '../../data/subset.ts';
import { Random } from '../../base/random.ts';
import type { Pass, ScoringData } from './criterion.ts';

/** The training part as criteria see it: shuffled by seed and label, normalised, never augmented. */
export function scoringData(dataset: Dataset, seed: number, label: string): ScoringData {
  const { train, sampleShape, classes } = dataset;
  let pass: Pass | undefined;
  const order = () =>
    Random.from(seed, `scoring/${label}`).shuffle(Int32Array.from({ length: train.size }, (_, i) => i));
  const handOut = (chosen: Int32Array, batchSize: number): Iterable<Batch> => {
    if (pass !== undefined && (pass.samples.length !== chosen.length || pass.batchSize !== batchSize)) {
      throw new Error('a criterion asks for two passes that differ');
    }
    pass = { samples: chosen, batchSize };
    return inBatches(chosen, batchSize);
  };
  const inBatches = function* (chosen: Int32Array, batchSize: number): Generator<Batch> {
    for (let start = 0; start < chosen.length; start += batchSize) {
      const indices = chosen.subarray(start, start + batchSize);
      const part = picked(train, indices);
      yield* batches(part, dataset, { batchSize: indices.length, order: 'sequential' });
    }
  };
  return {
    sampleShape,
    classes: classes.length,
    size: train.size,
    shuffled: (samples, batchSize) => handOut(order().subarray(0, samples), batchSize),
    balanced: (perClass, batchSize) =>
      handOut(balanced(order(), train.labels, classes.length, perClass), batchSize),
    used: () => pass,
  };
}

/**
 * The first indices of which every class has `perClass`, in their order. A sample of several classes counts for each of them;
 * those of none are one class more.
 */
function balanced(order: Int32Array, labels: Labels, classes: number, perClass: number): Int32Array {
  const left = new Array<number>(classes + 1).fill(perClass);
  return order.filter((i) => {
    const own = classesOf(labels, i, classes);
    const groups = own.length === 0 ? [classes] : own;
    const wanted = groups.some((label) => (left[label] ?? 0) > 0);
    if (wanted) for (const label of groups) left[label] = (left[label] ?? 0) - 1;
    return wanted;
  });
}
