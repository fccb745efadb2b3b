import type { GivenConstants, NormalizeMode } from '../../contract/data.ts';
import { inputError } from '../../contract/errors.ts';
import type { Normalization, Split } from './dataset.ts';

/** Running extremes and moments of one channel or feature. */
interface Statistics {
  readonly mean: Float64Array;
  /** Population standard deviation. */
  readonly std: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/**
 * Normalisation constants of a training split, one per channel ([channels, height, width]) or per feature ([features]).
 * 'standard': mean and population standard deviation; 'unit': bytes are divided by 255, other values brought from
 * [min, max] to [0, 1]; 'none': mean 0, std 1. A constant channel gets std 1. Features marked in `untouched` (one-hot
 * columns) always keep their values.
 */
export function computeNormalization(
  train: Split,
  sampleShape: readonly number[],
  mode: NormalizeMode,
  untouched?: readonly boolean[],
): Normalization {
  const channels = sampleShape[0] ?? 1;
  const mean = new Array<number>(channels).fill(0);
  const std = new Array<number>(channels).fill(1);
  if (mode === 'none') return { mean, std };
  if (mode === 'unit' && train.values instanceof Uint8Array) return { mean, std: std.fill(255) };
  const statistics = measure(train, channels);
  for (let c = 0; c < channels; c++) {
    if (untouched?.[c]) continue;
    const low = statistics.min[c] ?? 0;
    mean[c] = mode === 'standard' ? (statistics.mean[c] ?? 0) : low;
    const spread = mode === 'standard' ? (statistics.std[c] ?? 1) : (statistics.max[c] ?? 1) - low;
    std[c] = spread > 0 ? spread : 1;
  }
  return { mean, std };
}

/**
 * Constants of the recipe in the units of raw values: for bytes they are meant for values from 0 to 1.
 * @throws EspalierError when they are for another number of channels or features
 */
export function givenNormalization(
  { values }: Split,
  sampleShape: readonly number[],
  given: GivenConstants,
): Normalization {
  const channels = sampleShape[0] ?? 1;
  const unit = values instanceof Uint8Array ? 255 : 1;
  const perChannel = (name: 'mean' | 'std'): number[] => {
    const list = given[name];
    if (list.length !== channels && list.length !== 1) {
      throw inputError(
        'data/normalize',
        `There are ${list.length} constants for ${channels} channels or features.`,
        {
          field: `data.constants.${name}`,
          remedy: `Give ${channels} numbers, or one for all.`,
        },
      );
    }
    return Array.from({ length: channels }, (_, c) => (list[c] ?? list[0] ?? 0) * unit);
  };
  return { mean: perChannel('mean'), std: perChannel('std') };
}

/** Per-channel statistics of a split, in double precision; exact for bytes, two passes for floats. */
function measure(split: Split, channels: number): Statistics {
  return split.values instanceof Uint8Array
    ? fromHistogram(histogram(split.values, channels, split.size))
    : twoPass(split.values, channels, split.size);
}

/** How often each byte value occurs in each channel: channels rows of 256 counts. */
function histogram(values: Uint8Array, channels: number, size: number): Float64Array {
  const counts = new Float64Array(channels * 256);
  const plane = values.length / (size * channels);
  let at = 0;
  for (let n = 0; n < size; n++) {
    for (let c = 0; c < channels; c++) {
      const row = c * 256;
      for (const end = at + plane; at < end; at++) {
        const bin = row + (values[at] ?? 0);
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
    }
  }
  return counts;
}

function fromHistogram(counts: Float64Array): Statistics {
  const channels = counts.length / 256;
  const result = emptyStatistics(channels);
  for (let c = 0; c < channels; c++) {
    let total = 0;
    let sum = 0;
    let squares = 0;
    for (let value = 0; value < 256; value++) {
      const count = counts[c * 256 + value] ?? 0;
      if (count === 0) continue;
      total += count;
      sum += count * value;
      squares += count * value * value;
      result.min[c] = Math.min(result.min[c] ?? 0, value);
      result.max[c] = Math.max(result.max[c] ?? 0, value);
    }
    const mean = sum / total;
    result.mean[c] = mean;
    result.std[c] = Math.sqrt(Math.max(0, squares / total - mean * mean));
  }
  return result;
}

function twoPass(values: Float32Array, channels: number, size: number): Statistics {
  const result = emptyStatistics(channels);
  const { mean, std, min, max } = result;
  const plane = values.length / (size * channels);
  const each = (visit: (c: number, value: number) => void) => {
    let at = 0;
    for (let n = 0; n < size; n++) {
      for (let c = 0; c < channels; c++) {
        for (const end = at + plane; at < end; at++) visit(c, values[at] ?? 0);
      }
    }
  };
  const count = size * plane;
  each((c, value) => {
    mean[c] = (mean[c] ?? 0) + value / count;
    if (value < (min[c] ?? 0)) min[c] = value;
    if (value > (max[c] ?? 0)) max[c] = value;
  });
  each((c, value) => {
    std[c] = (std[c] ?? 0) + (value - (mean[c] ?? 0)) ** 2 / count;
  });
  for (let c = 0; c < channels; c++) std[c] = Math.sqrt(std[c] ?? 0);
  return result;
}

function emptyStatistics(channels: number): Statistics {
  return {
    mean: new Float64Array(channels),
    std: new Float64Array(channels),
    min: new Float64Array(channels).fill(Infinity),
    max: new Float64Array(channels).fill(-Infinity),
  };
}
