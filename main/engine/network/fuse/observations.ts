import type { Random } from '../../base/random.ts';
import type { TensorData } from '../graph.ts';
import { sizeOf } from '../graph.ts';
import type { MomentSums } from './moments.ts';
import type { Pair } from './pairs.ts';

/** Observations of a fused layer's input and output for every number of its input, at the most: what more would add is small. */
const PER_INPUT = 10;
/** And as many at least, where there are so many. */
const FEWEST = 8192;
/** Samples over which the places of a convolution are spread, where there are so many. */
const SPREAD = 4096;

/** How much of the training data a fit looks at. */
export interface Sampling {
  readonly samples: number;
  /** Of the fused layer's output, of each sample. */
  readonly places: number;
}

/**
 * How many samples, and how many places of each, a pair is fitted on: all, as long as these are no more than a number of observations
 * that grows with its input.
 * @param samples that there are
 * @param places of the second layer's output: 1 for a dense layer
 */
export function samplingOf({ inputs }: Pair, samples: number, places: number): Sampling {
  const wanted = Math.max(FEWEST, PER_INPUT * inputs);
  const some = Math.min(samples, Math.max(Math.ceil(wanted / places), SPREAD));
  return { samples: some, places: Math.min(places, Math.ceil(wanted / some)) };
}

/**
 * Adds what a batch shows of a pair: at every place of the second layer's output the output, and what of the first layer's input
 * the fused layer would read there, with zeros where it reads beside the image.
 * @param x the first layer's input, [batch, ...]
 * @param y the second layer's output, [batch, outputs] or [batch, outputs, height, width]
 * @param places of each sample; spread evenly, from a place drawn from `random`
 */
export function observe(
  sums: MomentSums,
  { reach, inputs, outputs }: Pair,
  x: TensorData,
  y: TensorData,
  places: number,
  random: Random,
): void {
  const [batch = 0] = x.shape;
  if (reach === null) {
    sums.add(x.data, y.data, batch);
    return;
  }
  const [, , height = 1, width = 1] = y.shape;
  const all = height * width;
  const xs = new Float64Array(places * inputs);
  const ys = new Float64Array(places * outputs);
  const size = sizeOf(x.shape.slice(1));
  for (let sample = 0; sample < batch; sample++) {
    const offset = places === all ? 0 : random.float();
    for (let i = 0; i < places; i++) {
      const place = Math.min(all - 1, Math.floor(((i + offset) * all) / places));
      patch(x, sample * size, reach, Math.floor(place / width), place % width, xs, i * inputs);
      for (let o = 0; o < outputs; o++)
        ys[i * outputs + o] = y.data[(sample * outputs + o) * all + place] as number;
    }
    sums.add(xs, ys, places);
  }
}

/** Copies what a window reads at one place, in the order of a convolution's weights: channels, rows, columns. */
function patch(
  { shape: [, channels = 1, height = 1, width = 1], data }: TensorData,
  from: number,
  { kernel, strides, pads }: NonNullable<Pair['reach']>,
  row: number,
  column: number,
  target: Float64Array,
  at: number,
): void {
  const top = row * strides[0] - pads[0];
  const left = column * strides[1] - pads[1];
  let to = at;
  for (let c = 0; c < channels; c++) {
    for (let y = top; y < top + kernel[0]; y++) {
      const line = from + (c * height + y) * width;
      for (let x = left; x < left + kernel[1]; x++) {
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        target[to++] = inside ? (data[line + x] as number) : 0;
      }
    }
  }
}
