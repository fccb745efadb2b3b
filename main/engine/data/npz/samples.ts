import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { MAX_CLASSES } from '../limits.ts';
import type { NpyArray } from './npy.ts';

type Layout = SourceOf<'npz'>['layout'];

/** Samples as bytes or floats, in [channels, height, width] or [features] order. */
export interface Samples {
  readonly values: Uint8Array | Float32Array;
  readonly sampleShape: readonly number[];
  readonly count: number;
}

/** An array [samples, ...] as samples: rows, grey images or colour images. `file` and `field` name it in errors. */
export function toSamples(array: NpyArray, layout: Layout, file: string, field: string): Samples {
  const fail = (code: string, message: string, remedy: string) =>
    inputError(code, message, { file, field, remedy });
  const [count = 0, ...rest] = array.shape;
  if (array.values.length === 0) throw fail('data/empty', 'The array is empty.', 'Bring samples.');
  const values = array.values instanceof Uint8Array ? array.values : Float32Array.from(array.values);
  const wrong = values instanceof Uint8Array ? -1 : values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const sample = Math.floor(wrong / (values.length / count));
    throw fail(
      'data/not-finite',
      `Sample ${sample} has a value that is not finite.`,
      'Remove or replace it.',
    );
  }
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

/** An array of one whole number per sample ([n] or [n, 1]) as class indices. */
export function toLabels(array: NpyArray, count: number, file: string, field: string): Int32Array {
  const fail = (code: string, message: string, remedy: string) =>
    inputError(code, message, { file, field, remedy });
  const [rows = 0, ...rest] = array.shape;
  if (array.shape.length === 0 || rest.some((size) => size !== 1)) {
    throw fail(
      'data/labels',
      `Labels have the shape ${array.shape.join(' x ')}; one whole number per sample is needed.`,
      'One-hot labels: save labels.argmax(axis=1).',
    );
  }
  if (rows !== count) {
    throw fail(
      'data/count-mismatch',
      `${count} samples, but ${rows} labels.`,
      'Save as many labels as samples.',
    );
  }
  const wrong = array.values.findIndex(
    (label) => !Number.isInteger(label) || label < 0 || label >= MAX_CLASSES,
  );
  if (wrong >= 0) {
    throw fail(
      'data/labels',
      `Label ${wrong} is ${array.values[wrong] ?? '?'}; labels are whole numbers from 0 to ${MAX_CLASSES - 1}.`,
      'Number the classes from 0.',
    );
  }
  return Int32Array.from(array.values);
}
