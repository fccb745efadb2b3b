import path from 'node:path';
import type { SourceOf } from '../../../contract/data.ts';
import { inputError } from '../../../contract/errors.ts';
import { assemble, type Part } from '../assemble.ts';
import { relabel, rename } from '../classes.ts';
import { kindOf, listFolder, locate, type Place, readBytes, sizeOf, within } from '../files/place.ts';
import { MAX_PART_BYTES } from '../limits.ts';
import type { ReadNotes } from '../read-notes.ts';
import type { DataReader } from './reader.ts';

/** Bytes of one image: 32 x 32 red, then green, then blue. */
const IMAGE_BYTES = 3 * 32 * 32;

/** How one variant's records start, and where its class names are. */
interface Variant {
  readonly title: string;
  /** Label bytes before the image. */
  readonly labelBytes: number;
  /** Which of them is the label. */
  readonly labelAt: number;
  readonly classes: number;
  readonly namesFile: string;
}

const CIFAR10: Variant = {
  title: 'CIFAR-10',
  labelBytes: 1,
  labelAt: 0,
  classes: 10,
  namesFile: 'batches.meta.txt',
};
const CIFAR100_FINE: Variant = {
  title: 'CIFAR-100',
  labelBytes: 2,
  labelAt: 1,
  classes: 100,
  namesFile: 'fine_label_names.txt',
};
const CIFAR100_COARSE: Variant = {
  title: 'CIFAR-100, coarse',
  labelBytes: 2,
  labelAt: 0,
  classes: 20,
  namesFile: 'coarse_label_names.txt',
};

function chooseVariant(spec: SourceOf<'cifar'>, files: readonly Place[]): Variant {
  const is100 =
    spec.variant === 'cifar100' ||
    (spec.variant === 'auto' &&
      files.some(({ full }) => ['train.bin', 'test.bin'].includes(path.basename(full))));
  if (!is100) return CIFAR10;
  return spec.labels === 'fine' ? CIFAR100_FINE : CIFAR100_COARSE;
}

async function findFiles(
  place: Place,
  notes: ReadNotes,
): Promise<{ folder: Place; train: Place[]; test: Place[] }> {
  if ((await kindOf(place)) === 'file') {
    return { folder: within(place, '..'), train: [place], test: [] };
  }
  const bins = (await listFolder(place))
    .map(({ name }) => name)
    .filter((name) => name.toLowerCase().endsWith('.bin'));
  const train = bins.filter((name) => /^(data_batch|train)/i.test(name));
  const test = bins.filter((name) => /^test/i.test(name));
  if (train.length === 0) {
    throw inputError('data/not-found', 'The folder has no data_batch_*.bin and no train.bin.', {
      file: place.shown,
      remedy: "Unpack the data set's 'binary version' (for C programs) there.",
    });
  }
  for (const name of bins) {
    if (!train.includes(name) && !test.includes(name)) notes.leave('.bin files of other names', name);
  }
  const places = (names: string[]) => names.map((name) => within(place, name));
  return { folder: place, train: places(train), test: places(test) };
}

async function readPart(files: readonly Place[], variant: Variant): Promise<Part> {
  const recordBytes = variant.labelBytes + IMAGE_BYTES;
  let count = 0;
  for (const place of files) {
    const size = await sizeOf(place);
    if (size % recordBytes !== 0) {
      throw inputError(
        'data/truncated',
        `The file has ${size} bytes, which is no multiple of a ${variant.title} record (${recordBytes} bytes).`,
        {
          file: place.shown,
          field: `byte ${size - (size % recordBytes)}`,
          remedy: 'It is incomplete, or `data.variant` is wrong: fetch it again or set the variant.',
        },
      );
    }
    count += size / recordBytes;
  }
  if (count * IMAGE_BYTES > MAX_PART_BYTES) {
    throw inputError('data/too-large', `The files hold ${count} images, too many to keep in memory.`, {
      file: files[0]?.shown,
      remedy: 'Use fewer files.',
    });
  }
  const values = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Int32Array(count);
  let n = 0;
  for (const place of files) {
    const bytes = await readBytes(place);
    for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes, n++) {
      const label = bytes[at + variant.labelAt] ?? 0;
      if (label >= variant.classes) {
        throw inputError('data/labels', `The label ${label} is not one of ${variant.classes} classes.`, {
          file: place.shown,
          field: `byte ${at + variant.labelAt}`,
          remedy: 'The file is damaged, or `data.variant` is wrong.',
        });
      }
      labels[n] = label;
      values.set(bytes.subarray(at + variant.labelBytes, at + recordBytes), n * IMAGE_BYTES);
    }
  }
  return { values, labels };
}

/** The names beside the data, one a line; the numbers where there is no such file. */
async function readClasses(folder: Place, variant: Variant): Promise<string[]> {
  const names = await listFolder(folder);
  if (!names.some(({ name }) => name === variant.namesFile)) {
    return Array.from({ length: variant.classes }, (_, i) => String(i));
  }
  const place = within(folder, variant.namesFile);
  const lines = (await readBytes(place, 65_536)).toString('utf8').split(/\r?\n/);
  const classes = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (classes.length !== variant.classes) {
    throw inputError(
      'data/labels',
      `The file names ${classes.length} classes; ${variant.title} has ${variant.classes}.`,
      { file: place.shown, field: `line ${classes.length}`, remedy: 'Fetch it again, or remove it.' },
    );
  }
  return classes;
}

export const cifarReader: DataReader<'cifar'> = {
  kind: 'cifar',
  label: 'CIFAR-10 / CIFAR-100',
  summary: 'The binary version of CIFAR-10 or CIFAR-100: 32 x 32 colour images.',
  async read(spec, context) {
    const place = locate(context.baseFolder, spec.path);
    const { folder, train, test } = await findFiles(place, context.notes);
    const variant = chooseVariant(spec, [...train, ...test]);
    const { notes } = context;
    notes.file(`${variant.title} files`, train.length + test.length);
    const arranged = rename(await readClasses(folder, variant), {
      given: spec.classes,
      source: place.shown,
      notes,
    });
    const part = async (files: readonly Place[]) => {
      const { values, labels } = await readPart(files, variant);
      return { values, labels: relabel(labels, arranged) };
    };
    return assemble(
      {
        name: `${variant.title} (binary)`,
        classes: arranged.classes,
        sampleShape: [3, 32, 32],
        train: await part(train),
        test: test.length > 0 ? await part(test) : undefined,
      },
      { ...spec, seed: spec.seed ?? context.seed, source: place.shown },
    );
  },
};
