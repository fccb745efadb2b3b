import type { AugmentSpec } from '../../contract/data.ts';
import type { Random } from '../base/random.ts';
import { placeImage, type Placement, drawPlacement } from './augment.ts';
import type { Dataset, Split } from './dataset.ts';
import { isMultiLabel, pickLabels } from './labels.ts';
import { scaleInto, scaler, type Scaler } from './scale.ts';

/** Samples ready for a network. The arrays are fresh: whoever gets them may keep them. */
export interface Batch {
  /** Normalised samples, [size, ...sampleShape]. */
  readonly x: Float32Array<ArrayBuffer>;
  /** Class indices, [size]; or zeros and ones, [size, classes]. */
  readonly y: Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  readonly size: number;
}

interface CommonOptions {
  /** Samples in a batch, at least 1; the last batch of a pass may be smaller. */
  readonly batchSize: number;
}

/** In stored order, for evaluation; or shuffled and perhaps augmented, for training. */
export type BatchOptions = CommonOptions &
  (
    | { readonly order: 'sequential' }
    | {
        readonly order: 'shuffled';
        /** Where order and augmentation are drawn from: a generator of its own for each epoch. */
        readonly random: Random;
        readonly augment?: AugmentSpec | undefined;
      }
  );

/** How many batches one pass over a split has. */
export function batchCount(split: Split, batchSize: number): number {
  return Math.ceil(split.size / batchSize);
}

/** One pass over a split, each sample at most once. */
export function* batches(
  split: Split,
  dataset: Pick<Dataset, 'sampleShape' | 'normalization'>,
  options: BatchOptions,
): Generator<Batch, void, undefined> {
  const { batchSize } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`batch size ${batchSize}`);
  const shuffled = options.order === 'shuffled' ? options : undefined;
  const order = shuffled?.random.shuffle(Int32Array.from({ length: split.size }, (_, i) => i));
  const scale = scaler(split.values, dataset);
  const augment = shuffled?.augment;
  const draw =
    shuffled !== undefined && augment !== undefined
      ? () => drawPlacement(augment, shuffled.random)
      : undefined;
  const count = batchCount(split, batchSize);
  for (let b = 0; b < count; b++) {
    const start = b * batchSize;
    yield assembleBatch(split, scale, start, Math.min(split.size, start + batchSize), order, draw);
  }
}

function assembleBatch(
  split: Split,
  scale: Scaler,
  start: number,
  end: number,
  order: Int32Array | undefined,
  draw: (() => Placement) | undefined,
): Batch {
  const size = end - start;
  const x = new Float32Array(size * scale.sampleSize);
  for (let i = 0; i < size; i++) {
    const sample = order?.[start + i] ?? start + i;
    const from = sample * scale.sampleSize;
    const to = i * scale.sampleSize;
    if (draw === undefined) scaleInto(scale, from, x, to);
    else placeImage(scale, from, x, to, draw());
  }
  const samples = Int32Array.from({ length: size }, (_, i) => order?.[start + i] ?? start + i);
  return { x, y: targets(split, samples), size };
}

/** The labels of some samples as a device takes them. */
function targets({ labels, size }: Split, samples: Int32Array): Batch['y'] {
  // A part holds whole rows, so that its size tells the number of classes.
  const picked = pickLabels(labels, samples, labels.length / size);
  return isMultiLabel(picked) ? Float32Array.from(picked) : Int32Array.from(picked);
}
