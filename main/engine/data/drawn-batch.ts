import { Random } from '../base/random.ts';
import { batches, type Batch } from './batches.ts';
import type { Dataset, Split } from './dataset.ts';

/**
 * Some samples of a part as one batch, without augmentation, drawn the same way every time: in files one class may come after the other.
 * @param label names what they are drawn for
 * @returns undefined for an empty part
 */
export function drawnBatch(split: Split, dataset: Dataset, count: number, label: string): Batch | undefined {
  const batchSize = Math.max(1, Math.min(count, split.size));
  const [batch] = batches(split, dataset, { batchSize, order: 'shuffled', random: Random.from(0, label) });
  return batch;
}
