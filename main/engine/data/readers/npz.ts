import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { describeArray } from '../arrays/array.ts';
import { assemble, type Part } from '../assemble.ts';
import { locate } from '../files/place.ts';
import { type ArraySet, openArrays } from '../npz/array-set.ts';
import { readLabels } from '../arrays/labels.ts';
import { type ArrayNames, usualNames } from '../npz/names.ts';
import { type Samples, toSamples } from '../arrays/samples.ts';
import type { DataReader, ReadContext } from './reader.ts';

/** The fields of `data.arrays` for each part. */
const PARTS = [
  { part: 'train', x: 'x', y: 'y' },
  { part: 'validation', x: 'xValidation', y: 'yValidation' },
  { part: 'test', x: 'xTest', y: 'yTest' },
] as const;

async function chooseNames(spec: SourceOf<'npz'>, set: ArraySet, file: string): Promise<ArrayNames> {
  const { names, named } = set;
  if (spec.arrays !== undefined) {
    for (const [key, name] of Object.entries(spec.arrays)) {
      if (names.includes(name)) continue;
      throw inputError('data/not-found', `There is no array '${name}'; there are: ${names.join(', ')}.`, {
        file,
        field: `data.arrays.${key}`,
        remedy: 'Name an array that is there.',
      });
    }
    return spec.arrays;
  }
  const found = usualNames(names) ?? (await numbered(set));
  if (found !== undefined && (named === undefined || Object.values(found).includes(named))) return found;
  if (named !== undefined) {
    throw inputError(
      'data/not-found',
      'A single .npy file holds one array: samples without labels, or the other way round.',
      {
        file,
        field: 'data.path',
        remedy:
          'Put the other array beside it and call them x.npy and y.npy, name both in `data.arrays`, or save both in one file with numpy.savez.',
      },
    );
  }
  throw inputError('data/not-found', `No usual pair of arrays among: ${names.join(', ') || 'nothing'}.`, {
    file,
    field: 'data.arrays',
    remedy: 'Name the arrays in `data.arrays`: {x: ..., y: ...}.',
  });
}

/**
 * Arrays that numpy.savez was given without names: arr_0 and arr_1 are samples and labels; of four, the order is told by whether the
 * second has fewer axes than the first (x, y, x, y) or as many (x, x, y, y).
 */
async function numbered(set: ArraySet): Promise<ArrayNames | undefined> {
  const { names } = set;
  const all = names.every((name) => /^arr_\d$/.test(name));
  if (all && names.length === 2) return { x: 'arr_0', y: 'arr_1' };
  if (!all || names.length !== 4) return undefined;
  const [first, second] = [await set.read('arr_0'), await set.read('arr_1')];
  const inPairs = second.shape.length < first.shape.length;
  return inPairs
    ? { x: 'arr_0', y: 'arr_1', xTest: 'arr_2', yTest: 'arr_3' }
    : { x: 'arr_0', y: 'arr_2', xTest: 'arr_1', yTest: 'arr_3' };
}

/** The samples and label arrays of the parts that there are. */
async function readParts(
  names: ArrayNames,
  set: ArraySet,
  spec: SourceOf<'npz'>,
  file: string,
  context: ReadContext,
) {
  const parts = [];
  for (const { part, x, y } of PARTS) {
    const [samples, labels] = [names[x], names[y]];
    if (samples === undefined && labels === undefined) continue;
    if (samples === undefined || labels === undefined) {
      throw inputError('data/labels', 'Samples and labels of a part belong together; one is missing.', {
        file,
        field: `data.arrays.${samples === undefined ? x : y}`,
        remedy: `Name both ${x} and ${y}, or neither.`,
      });
    }
    const read = async (name: string) => {
      context.signal?.throwIfAborted();
      const array = await set.read(name);
      context.notes.fact(`Array ${name}`, `${part}, ${describeArray(array)}`);
      return array;
    };
    const found = toSamples(await read(samples), spec.layout, file, samples);
    parts.push({
      part,
      field: samples,
      samples: found,
      labels: { array: await read(labels), count: found.count, file, field: labels },
    });
  }
  return parts;
}

export const npzReader: DataReader<'npz'> = {
  kind: 'npz',
  label: 'NumPy arrays',
  summary: 'Arrays of samples and labels in one .npz file, or in .npy files beside each other.',
  async read(spec, context) {
    const place = locate(context.baseFolder, spec.path);
    const file = place.shown;
    const { notes } = context;
    const set = await openArrays(place);
    try {
      const names = await chooseNames(spec, set, file);
      const parts = await readParts(names, set, spec, file, context);
      notes.file('arrays', 2 * parts.length);
      if (set.named === undefined) leaveOthers(set, names, context);
      const [train, ...others] = parts;
      if (train === undefined) throw new Error('arrays for training are always chosen');
      for (const other of others) checkAlike(train.samples, other.samples, file, other.field);
      const naming = { given: spec.classes, source: file, notes };
      const labels = readLabels([train.labels, ...others.map((one) => one.labels)], naming);
      const made = new Map(
        parts.map(({ part, samples }, i): [string, Part] => [
          part,
          { values: samples.values, labels: labels.parts[i] ?? new Int32Array() },
        ]),
      );
      return assemble(
        {
          name: path.basename(place.full),
          classes: labels.classes,
          sampleShape: train.samples.sampleShape,
          train: made.get('train') ?? { values: new Uint8Array(), labels: new Int32Array() },
          validation: made.get('validation'),
          test: made.get('test'),
        },
        { ...spec, seed: spec.seed ?? context.seed, source: file },
      );
    } finally {
      await set.close();
    }
  },
};

function leaveOthers(set: ArraySet, names: ArrayNames, { notes }: ReadContext): void {
  const used = new Set<string>(Object.values(names));
  for (const name of set.names)
    if (!used.has(name)) notes.leave('arrays that are no samples and no labels', name);
  for (const name of set.others) notes.leave('files that are no arrays', name);
}

/** The samples of all parts must have one shape and one type. */
function checkAlike(train: Samples, other: Samples, file: string, field: string): void {
  const describe = ({ sampleShape, values }: Samples) =>
    `${sampleShape.join(' x ')} ${values instanceof Uint8Array ? 'bytes' : 'floats'}`;
  if (describe(train) === describe(other)) return;
  throw inputError(
    'data/shape-mismatch',
    `Training samples are ${describe(train)}, those of '${field}' ${describe(other)}.`,
    { file, field, remedy: 'Save both alike.' },
  );
}
