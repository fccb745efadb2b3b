import type { DataSummary } from '../../contract/catalog.ts';
import { runError } from '../../contract/errors.ts';
import type { Dataset, Split } from './dataset.ts';
import { classesOf, countClasses, isMultiLabel } from './labels.ts';
import type { PartName } from './split.ts';

export type Thumbnail = DataSummary['thumbnails'][number];

export interface SummaryOptions {
  /** How many samples to show at most. */
  readonly thumbnails?: number;
}

/** What people and screens want to know of a data set: sizes, counts per class, range, and a few samples. */
export function summarize(dataset: Dataset, { thumbnails: count = 16 }: SummaryOptions = {}): DataSummary {
  const { name, classes, sampleShape, train, validation, test, normalization } = dataset;
  return {
    name,
    classes: [...classes],
    sampleShape: [...sampleShape],
    sizes: { train: train.size, validation: validation.size, test: test.size },
    multiLabel: isMultiLabel(train.labels),
    counts: countClasses(train.labels, classes.length),
    range: valueRange(train),
    normalization: { mean: [...normalization.mean], std: [...normalization.std] },
    thumbnails: thumbnails(dataset, 'train', spread(train, classes.length, count)),
    fingerprint: dataset.fingerprint,
    ...(dataset.read && { read: dataset.read }),
  };
}

/** Least and greatest raw value of a split; 0 and 0 for an empty one. */
function valueRange(split: Split): { min: number; max: number } {
  if (split.values.length === 0) return { min: 0, max: 0 };
  let min = Infinity;
  let max = -Infinity;
  for (const value of split.values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/**
 * Samples of a split as small pictures: grey, or red-green-blue where there are three or more channels. Values that are no
 * bytes are stretched from the sample's own range to 0..255. Samples that are no images have no picture: an empty list.
 */
export function thumbnails(dataset: Dataset, part: PartName, indices: Iterable<number>): Thumbnail[] {
  if (dataset.sampleShape.length !== 3) return [];
  const [channels = 1, height = 0, width = 0] = dataset.sampleShape;
  const split = dataset[part];
  const shown = channels >= 3 ? 3 : 1;
  const plane = height * width;
  return Array.from(indices, (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= split.size) {
      throw runError('data/no-sample', `There is no sample ${index} in the ${part} part of ${split.size}.`);
    }
    const from = index * channels * plane;
    const bytes = toBytes(split.values.subarray(from, from + shown * plane));
    const pixels = new Uint8Array(shown * plane);
    for (let i = 0; i < pixels.length; i++)
      pixels[i] = bytes[(i % shown) * plane + Math.floor(i / shown)] ?? 0;
    return {
      width,
      height,
      channels: shown,
      base64: Buffer.from(pixels).toString('base64'),
      labels: classesOf(split.labels, index, dataset.classes.length),
    };
  });
}

function toBytes(values: Uint8Array | Float32Array): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const scale = high > low ? 255 / (high - low) : 0;
  return Uint8Array.from(values, (value) => Math.round((value - low) * scale));
}

/** Up to `count` indices in turn over the classes, the first samples of each: every class is shown as soon as there is room. */
function spread(split: Split, classes: number, count: number): number[] {
  const wanted = Math.min(count, split.size);
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (let index = 0; index < split.size; index++) {
    for (const label of classesOf(split.labels, index, classes)) {
      const members = byClass[label];
      if (members !== undefined && members.length < wanted) members.push(index);
    }
  }
  const chosen: number[] = [];
  for (let round = 0; chosen.length < wanted; round++) {
    for (const members of byClass) {
      const index = members[round];
      if (index !== undefined && chosen.length < wanted) chosen.push(index);
    }
  }
  return chosen;
}
