import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { assemble, type Part } from '../assemble.ts';
import { nameClasses } from '../classes.ts';
import { locate } from '../files.ts';
import { MAX_CLASSES, MAX_PART_BYTES } from '../limits.ts';
import { type NpyArray, parseNpy } from '../npy.ts';
import { ZipFile } from '../zip.ts';
import type { DataReader } from './reader.ts';

type Arrays = NonNullable<SourceOf<'npz'>['arrays']>;
type Layout = SourceOf<'npz'>['layout'];

/** Names that people give the arrays, the first pair that is there is taken. */
const USUAL_NAMES: readonly Arrays[] = [
  { x: 'x_train', y: 'y_train', xTest: 'x_test', yTest: 'y_test' },
  { x: 'train_images', y: 'train_labels', xTest: 'test_images', yTest: 'test_labels' },
  { x: 'x', y: 'y', xTest: 'x_test', yTest: 'y_test' },
  { x: 'X', y: 'y', xTest: 'X_test', yTest: 'y_test' },
  { x: 'images', y: 'labels', xTest: 'test_images', yTest: 'test_labels' },
];

function chooseNames(spec: SourceOf<'npz'>, names: readonly string[], file: string): Arrays {
  const has = (name: string | undefined) => name !== undefined && names.includes(name);
  if (spec.arrays !== undefined) {
    for (const [key, name] of Object.entries(spec.arrays)) {
      if (has(name)) continue;
      throw inputError('data/not-found', `There is no array '${name}'; there are: ${names.join(', ')}.`, {
        file,
        field: `data.arrays.${key}`,
        remedy: 'Name an array that is there.',
      });
    }
    return spec.arrays;
  }
  const usual = USUAL_NAMES.find(({ x, y }) => has(x) && has(y));
  if (usual === undefined) {
    throw inputError('data/not-found', `No usual pair of arrays among: ${names.join(', ') || 'nothing'}.`, {
      file,
      field: 'data.arrays',
      remedy: 'Name the arrays in `data.arrays`: {x: ..., y: ...}.',
    });
  }
  const { x, y, xTest, yTest } = usual;
  return has(xTest) && has(yTest) ? { x, y, xTest, yTest } : { x, y };
}

/** Samples as bytes or floats, in [channels, height, width] or [features] order. */
interface Samples {
  readonly values: Uint8Array | Float32Array;
  readonly sampleShape: readonly number[];
  readonly count: number;
}

function toSamples(array: NpyArray, layout: Layout, file: string, field: string): Samples {
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

function toLabels(array: NpyArray, count: number, file: string, field: string): Int32Array {
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

export const npzReader: DataReader<'npz'> = {
  kind: 'npz',
  label: 'NumPy arrays',
  summary: 'One .npz file with arrays of samples and labels.',
  async read(spec, context) {
    const place = locate(context.baseFolder, spec.path);
    const file = place.shown;
    const zip = await ZipFile.open(place);
    try {
      const entries = new Map(
        zip.entries
          .filter(({ name }) => name.endsWith('.npy'))
          .map((entry) => [entry.name.slice(0, -'.npy'.length), entry]),
      );
      const names = chooseNames(spec, [...entries.keys()], file);
      const readArray = async (name: string): Promise<NpyArray> => {
        context.signal?.throwIfAborted();
        const entry = entries.get(name);
        if (entry === undefined) throw new Error(`array ${name} was chosen but is not there`);
        return parseNpy(await zip.read(entry, MAX_PART_BYTES), file, entry.name);
      };
      const readPart = async (x: string, y: string): Promise<Part & { sampleShape: readonly number[] }> => {
        const samples = toSamples(await readArray(x), spec.layout, file, x);
        return { ...samples, labels: toLabels(await readArray(y), samples.count, file, y) };
      };
      const train = await readPart(names.x, names.y);
      if ((names.xTest === undefined) !== (names.yTest === undefined)) {
        throw inputError('data/labels', 'Test samples and test labels belong together; one is missing.', {
          file,
          field: 'data.arrays',
          remedy: 'Name both xTest and yTest, or neither.',
        });
      }
      const test =
        names.xTest !== undefined && names.yTest !== undefined
          ? await readPart(names.xTest, names.yTest)
          : undefined;
      checkAlike(train, test, file, names.xTest);
      const most = Math.max(...[train, test].map((part) => Math.max(0, ...unique(part?.labels))));
      return assemble(
        {
          name: path.basename(place.full),
          classes: nameClasses(most, spec.classes, file),
          sampleShape: train.sampleShape,
          train,
          test,
        },
        { ...spec, seed: spec.seed ?? context.seed, source: file },
      );
    } finally {
      await zip.close();
    }
  },
};

const unique = (labels: Int32Array | undefined) => new Set(labels ?? []);

/** Training and test samples must have one shape and one type. */
function checkAlike(
  train: Part & { sampleShape: readonly number[] },
  test: (Part & { sampleShape: readonly number[] }) | undefined,
  file: string,
  field: string | undefined,
): void {
  if (test === undefined) return;
  const describe = (part: typeof train) =>
    `${part.sampleShape.join(' x ')} ${part.values instanceof Uint8Array ? 'bytes' : 'floats'}`;
  if (describe(train) === describe(test)) return;
  throw inputError(
    'data/shape-mismatch',
    `Training samples are ${describe(train)}, test samples ${describe(test)}.`,
    { file, field, remedy: 'Save both alike.' },
  );
}
