import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { assemble, type Part } from '../assemble.ts';
import { largestLabel, nameClasses } from '../classes.ts';
import { locate } from '../files/place.ts';
import type { ClassIndices } from '../labels.ts';
import { MAX_PART_BYTES } from '../limits.ts';
import { type NpyArray, parseNpy } from '../npz/npy.ts';
import { toLabels, toSamples } from '../npz/samples.ts';
import { ZipFile } from '../zip.ts';
import type { DataReader } from './reader.ts';

type Arrays = NonNullable<SourceOf<'npz'>['arrays']>;

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
      const readPart = async (
        x: string,
        y: string,
      ): Promise<Part<ClassIndices> & { sampleShape: readonly number[] }> => {
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
      return assemble(
        {
          name: path.basename(place.full),
          classes: nameClasses(largestLabel(train.labels, test?.labels), spec.classes, file),
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
