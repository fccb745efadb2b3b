import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import type { DataArray } from './array.ts';

type Layout = SourceOf<'npz'>['layout'];

/** Samples as bytes or floats, in [channels, height, width] or [features] order. */
export interface Samples {
  readonly values: Uint8Array | Float32Array;
  readonly sampleShape: readonly number[];
  readonly count: number;
}

/** An array [samples, ...] as samples: rows, grey images or colour images. `file` and `field` name it in errors. */
export function toSamples(array: DataArray, layout: Layout, file: string, field: string): Samples {
  const fail = (code: string, message: string, remedy: string) =>
    inputError(code, message, { file, field, remedy });
  const [count = 0, ...rest] = array.shape;
  if (array.values.length === 0) throw fail('data/empty', 'The array is empty.', 'Bring samples.');
  if (Array.isArray(array.values)) {
    throw fail('data/format', 'The samples are texts.', 'Save numbers; texts can only be labels.');
  }
  const numbers = array.values as Exclude<DataArray['values'], readonly string[]>;
  const values = numbers instanceof Uint8Array ? numbers : Float32Array.from(numbers);
  const wrong = values instanceof Uint8Array ? -1 : values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const sample = Math.floor(wrong / (values.length / count));
    throw fail(
      'data/not-finite',
      `Sample ${sample} has a value that is not finite.`,
      'Remove or replace it.',
    );
  }
  if (rest.length === 0) return { values, sampleShape: [1], count };
  if (rest.length === 1) return { values, sampleShape: rest, count };
  if (rest.length === 2) return { values, sampleShape: [1, ...rest], count };
  if (rest.length !== 3) {
    throw fail(
      'data/shape',
      `Samples have ${rest.length} dimensions; they need 1 (features), 2 (grey images) or 3 (images).`,
      'Reshape the array.',
    );
  }
  const [a = 0, b = 0, c = 0] = rest;
  const isChannels = (size: number) => size === 1 || size === 3 || size === 4;
  if (layout === 'auto' && isChannels(a) === isChannels(c)) {
    throw fail(
      'data/shape',
      `It is not clear which axis of ${rest.join(' x ')} is channels.`,
      'Set `data.layout` to channels-first or channels-last.',
    );
  }
  const first = layout === 'channels-first' || (layout === 'auto' && isChannels(a));
  if (first) return { values, sampleShape: rest, count };
  return { values: channelsFirst(values, a * b, c), sampleShape: [c, a, b], count };
}

/** Samples of `plane` pixels with `channels` values each, reordered to `channels` planes. */
function channelsFirst(
  values: Uint8Array | Float32Array,
  plane: number,
  channels: number,
): Uint8Array | Float32Array {
  if (channels === 1) return values;
  const result =
    values instanceof Uint8Array ? new Uint8Array(values.length) : new Float32Array(values.length);
  const size = plane * channels;
  for (let base = 0; base < values.length; base += size) {
    for (let c = 0; c < channels; c++) {
      const to = base + c * plane;
      for (let p = 0; p < plane; p++) result[to + p] = values[base + p * channels + c] ?? 0;
    }
  }
  return result;
}
