import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { type DataArray, describeArray } from '../arrays/array.ts';
import { type LabelArray, readLabels } from '../arrays/labels.ts';
import { type Samples, toSamples } from '../arrays/samples.ts';
import { assemble } from '../assemble.ts';
import { listFolder, locate, type Place, within } from '../files/place.ts';
import { readIdx } from '../idx.ts';
import type { DataReader, ReadContext } from './reader.ts';

/** The files' usual names: MNIST's own, EMNIST's prefixes, 'test' for 't10k', with or without .gz. */
const usualName = (part: 'train' | 'test', what: 'images' | 'labels') =>
  new RegExp(
    `(^|[-_.])${part === 'train' ? 'train' : '(t10k|test)'}[-_.]${what}[-_.]idx[1-4]([-_.](u?byte|short|int|float|double))?(\\.gz)?$`,
    'i',
  );

type Files = NonNullable<SourceOf<'idx'>['files']>;

async function findFiles(folder: Place): Promise<Files> {
  const names = (await listFolder(folder)).filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const find = (part: 'train' | 'test', what: 'images' | 'labels') => {
    const found = names.filter((name) => usualName(part, what).test(name));
    // A file and its own .gz are the same data: take the unpacked one.
    const distinct = found.filter((name) => !(name.endsWith('.gz') && found.includes(name.slice(0, -3))));
    if (distinct.length > 1) {
      throw inputError(
        'data/ambiguous',
        `Several files may be the ${part} ${what}: ${distinct.join(', ')}.`,
        {
          file: folder.shown,
          field: 'data.files',
          remedy: 'Name the files in `data.files`.',
        },
      );
    }
    return distinct[0];
  };
  const need = (part: 'train' | 'test', what: 'images' | 'labels') => {
    const name = find(part, what);
    if (name !== undefined) return name;
    const usual = `${part === 'train' ? 'train' : 't10k'}-${what}-idx${what === 'images' ? 3 : 1}-ubyte`;
    throw inputError('data/not-found', `The folder has no ${part} ${what} (${usual}, or with .gz).`, {
      file: folder.shown,
      remedy: 'Put the file there, or name the files in `data.files`.',
    });
  };
  const hasTest = find('test', 'images') !== undefined || find('test', 'labels') !== undefined;
  return {
    trainImages: need('train', 'images'),
    trainLabels: need('train', 'labels'),
    ...(hasTest && { testImages: need('test', 'images'), testLabels: need('test', 'labels') }),
  };
}

/** The two files of one part. */
interface IdxPart {
  readonly samples: Samples;
  readonly labels: LabelArray;
  readonly images: Place;
}

async function readPart(
  images: Place,
  labels: Place,
  layout: SourceOf<'idx'>['layout'],
  { notes }: ReadContext,
): Promise<IdxPart> {
  const labelFile = await readIdx(labels, 'labels');
  const imageFile = await readIdx(images, 'images');
  if (labelFile.shape.length > 2 && imageFile.shape.length === 1) {
    throw inputError('data/format', 'The label file has images, and the image file labels.', {
      file: labels.shown,
      field: 'byte 3',
      remedy: 'Swap the two files.',
    });
  }
  notes.file('IDX files', 2);
  for (const [place, array] of [[images, imageFile] as const, [labels, labelFile] as const])
    notes.fact(path.basename(place.shown), describeArray(array));
  const samples = toSamples(imageFile, layout, images.shown, 'byte 4');
  const array = isQmnist(labelFile) ? firstColumn(labelFile) : labelFile;
  if (array !== labelFile) notes.fact('Label column', 'the first of eight, as in QMNIST');
  return { samples, labels: { array, count: samples.count, file: labels.shown, field: 'byte 4' }, images };
}

/** QMNIST keeps eight whole numbers for each digit: the class, and where the digit comes from. */
function isQmnist({ shape, values }: DataArray): boolean {
  return (
    shape.length === 2 &&
    shape[1] === 8 &&
    (values as readonly unknown[]).some((value) => value !== 0 && value !== 1)
  );
}

function firstColumn({ shape, values, type }: DataArray): DataArray {
  const [rows = 0, columns = 1] = shape;
  const numbers = values as Int32Array;
  return {
    shape: [rows],
    values: Int32Array.from({ length: rows }, (_, row) => numbers[row * columns] ?? 0),
    type,
  };
}

export const idxReader: DataReader<'idx'> = {
  kind: 'idx',
  label: 'IDX files',
  summary: 'MNIST, Fashion-MNIST and the like: IDX image and label files, gzipped or not.',
  async read(spec, context) {
    const folder = locate(context.baseFolder, spec.path);
    const files = spec.files ?? (await findFiles(folder));
    const read = (images: string, labels: string) =>
      readPart(within(folder, images), within(folder, labels), spec.layout, context);
    const train = await read(files.trainImages, files.trainLabels);
    const readNamed = async (part: 'validation' | 'test'): Promise<IdxPart | undefined> => {
      const named = pairOf(files, part, folder.shown);
      if (named === undefined) return undefined;
      const found = await read(named.images, named.labels);
      checkAlike(train, found, part);
      return found;
    };
    const [validation, test] = [await readNamed('validation'), await readNamed('test')];
    const naming = { given: spec.classes, source: folder.shown, notes: context.notes };
    const others = [validation, test].filter((part) => part !== undefined);
    const { classes, parts } = readLabels([train.labels, ...others.map(({ labels }) => labels)], naming);
    const [labels = new Int32Array(), ...otherLabels] = parts;
    const partOf = (part: IdxPart | undefined) =>
      part && {
        values: part.samples.values,
        labels: otherLabels[others.indexOf(part)] ?? new Int32Array(),
      };
    return assemble(
      {
        name: `${path.basename(folder.full)} (IDX)`,
        classes,
        sampleShape: train.samples.sampleShape,
        train: { values: train.samples.values, labels },
        validation: partOf(validation),
        test: partOf(test),
      },
      { ...spec, seed: spec.seed ?? context.seed, source: folder.shown },
    );
  },
};

/** The files of a part that may be left out. */
function pairOf(
  files: Files,
  part: 'validation' | 'test',
  folder: string,
): { images: string; labels: string } | undefined {
  const [images, labels] = [files[`${part}Images`], files[`${part}Labels`]];
  if (images !== undefined && labels !== undefined) return { images, labels };
  if (images === undefined && labels === undefined) return undefined;
  throw inputError(
    'data/labels',
    `${titled(part)} images and ${part} labels belong together; one is missing.`,
    {
      file: folder,
      field: `data.files.${part}${images === undefined ? 'Images' : 'Labels'}`,
      remedy: 'Name both, or neither.',
    },
  );
}

function titled(part: 'validation' | 'test'): string {
  return part === 'test' ? 'Test' : 'Validation';
}

function checkAlike(train: IdxPart, other: IdxPart, part: 'validation' | 'test'): void {
  const describe = ({ samples: { sampleShape, values } }: IdxPart) =>
    `${sampleShape.slice(-2).join(' x ')} ${values instanceof Uint8Array ? 'bytes' : 'numbers'}`;
  if (describe(train) === describe(other)) return;
  throw inputError(
    'data/shape-mismatch',
    `${titled(part)} images have ${describe(other)}, training images ${describe(train)}.`,
    { file: other.images.shown, field: 'byte 8', remedy: 'Name files of one data set.' },
  );
}
