import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { assemble, type Part } from '../assemble.ts';
import { largestLabel, nameClasses } from '../classes.ts';
import type { ClassIndices } from '../labels.ts';
import { listFolder, locate, type Place, within } from '../files/place.ts';
import { readMeasured } from '../gzip.ts';
import { MAX_SAMPLE_SIDE } from '../limits.ts';
import type { DataReader } from './reader.ts';

/** Type code of unsigned bytes in the third byte of the magic number. */
const UBYTE = 0x08;

interface IdxFile {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/**
 * Reads one IDX file of unsigned bytes: two zero bytes, type, rank, then `rank` big-endian 32-bit sizes and the values.
 */
async function readIdx(place: Place, rank: number, what: string): Promise<IdxFile> {
  let shape: number[] = [];
  const header = 4 + 4 * rank;
  const bytes = await readMeasured(place, (head) => {
    shape = parseHeader(head, place, rank, what);
    return header + shape.reduce((product, size) => product * size, 1);
  });
  return { shape, values: bytes.subarray(header) };
}

function parseHeader(head: Uint8Array, place: Place, rank: number, what: string): number[] {
  const fail = (code: string, message: string, field: string, remedy: string) =>
    inputError(code, message, { file: place.shown, field, remedy });
  if (head.length < 4 + 4 * rank) {
    throw fail(
      'data/truncated',
      `The file ends inside its header (${head.length} bytes).`,
      'header',
      'The download or copy is incomplete: fetch it again.',
    );
  }
  const magic = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if (head[0] !== 0 || head[1] !== 0) {
    throw fail('data/format', `This is no IDX file: it starts with ${magic}.`, 'byte 0', 'Name an IDX file.');
  }
  if (head[2] !== UBYTE) {
    throw fail(
      'data/format',
      `The IDX file holds values of type 0x${magic.slice(6, 8)}; unsigned bytes (0x08) are read.`,
      'byte 2',
      'Write it with unsigned bytes.',
    );
  }
  if (head[3] !== rank) {
    throw fail(
      'data/format',
      `The IDX file has ${head[3] ?? 0} dimensions; ${what} have ${rank}.`,
      'byte 3',
      'Perhaps the image file and the label file are swapped.',
    );
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  for (const [i, size] of shape.entries()) {
    const field = `byte ${4 + 4 * i}`;
    if (size === 0)
      throw fail('data/empty', `The file holds no ${what}.`, field, 'Name a file with samples.');
    if (i > 0 && size > MAX_SAMPLE_SIDE) {
      throw fail(
        'data/too-large',
        `The header says that an image has a side of ${size} pixels; at most ${MAX_SAMPLE_SIDE} are read.`,
        field,
        'The header is probably damaged: fetch the file again.',
      );
    }
  }
  return shape;
}

/** The files' usual names: MNIST's own, EMNIST's prefixes, 'test' for 't10k', with or without .gz. */
const usualName = (part: 'train' | 'test', what: 'images' | 'labels') =>
  new RegExp(
    `(^|[-_.])${part === 'train' ? 'train' : '(t10k|test)'}[-_.]${what}[-_.]idx${what === 'images' ? 3 : 1}([-_.]ubyte)?(\\.gz)?$`,
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

async function readPart(
  images: Place,
  labels: Place,
): Promise<Part<ClassIndices> & { height: number; width: number; images: Place }> {
  const labelFile = await readIdx(labels, 1, 'labels');
  const imageFile = await readIdx(images, 3, 'images');
  const [count = 0, height = 0, width = 0] = imageFile.shape;
  if (count !== labelFile.values.length) {
    throw inputError('data/count-mismatch', `${count} images, but ${labelFile.values.length} labels.`, {
      file: labels.shown,
      field: 'byte 4',
      remedy: `Name the label file that belongs to ${images.shown}.`,
    });
  }
  return { values: imageFile.values, labels: Int32Array.from(labelFile.values), height, width, images };
}

export const idxReader: DataReader<'idx'> = {
  kind: 'idx',
  label: 'IDX files',
  summary: 'MNIST, Fashion-MNIST and the like: IDX image and label files, gzipped or not.',
  async read(spec, context) {
    const folder = locate(context.baseFolder, spec.path);
    const files = spec.files ?? (await findFiles(folder));
    const train = await readPart(within(folder, files.trainImages), within(folder, files.trainLabels));
    if ((files.testImages === undefined) !== (files.testLabels === undefined)) {
      throw inputError('data/labels', 'Test images and test labels belong together; one is missing.', {
        file: folder.shown,
        field: files.testImages === undefined ? 'data.files.testImages' : 'data.files.testLabels',
        remedy: 'Name both, or neither.',
      });
    }
    const test =
      files.testImages !== undefined && files.testLabels !== undefined
        ? await readPart(within(folder, files.testImages), within(folder, files.testLabels))
        : undefined;
    if (test !== undefined && (test.height !== train.height || test.width !== train.width)) {
      throw inputError(
        'data/shape-mismatch',
        `Test images have ${test.height} x ${test.width} pixels, training images ${train.height} x ${train.width}.`,
        { file: test.images.shown, field: 'byte 8', remedy: 'Name files of one data set.' },
      );
    }
    return assemble(
      {
        name: `${path.basename(folder.full)} (IDX)`,
        classes: nameClasses(largestLabel(train.labels, test?.labels), spec.classes, folder.shown),
        sampleShape: [1, train.height, train.width],
        train,
        test,
      },
      { ...spec, seed: spec.seed ?? context.seed, source: folder.shown },
    );
  },
};
