import { inputError } from '../../../contract/errors.ts';
import { type Naming, nameClasses, sortClasses } from '../classes.ts';
import { MAX_CLASSES } from '../limits.ts';
import type { PartName } from '../split.ts';
import type { ImageFile } from './list.ts';

/** The image files of one part and their class indices. */
interface ImagePart {
  readonly files: readonly ImageFile[];
  readonly labels: Int32Array;
}

export interface SortedImages {
  readonly classes: readonly string[];
  readonly parts: Partial<Record<PartName, ImagePart>> & { readonly train: ImagePart };
}

/** Folder names that mean a part and not a class. */
const PART_FOLDERS: Readonly<Record<string, PartName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

const partOf = (folder: string) => PART_FOLDERS[folder.toLowerCase()];

/** Sorts files into parts and classes by their folders: [part/]class/.../file, below any single folder around it all. */
export function sortImages(files: readonly ImageFile[], naming: Naming): SortedImages {
  const { source } = naming;
  const depth = commonDepth(files);
  const tops = new Set(files.map(({ path }) => path[depth] ?? ''));
  const hasParts = [...tops].some((top) => partOf(top) === 'train');
  const groups: Partial<Record<PartName, { file: ImageFile; name: string }[]>> = {};
  for (const file of files) {
    const folders = file.path.slice(depth, -1);
    const part = hasParts ? partOf(folders[0] ?? '') : 'train';
    const name = folders[hasParts ? 1 : 0];
    if (part === undefined || name === undefined) {
      throw inputError(
        'data/labels',
        hasParts
          ? 'The image lies in no class folder of train, val or test.'
          : 'The image lies in no class folder.',
        { file: file.shown, remedy: 'Move it into the folder of its class, or remove it.' },
      );
    }
    (groups[part] ??= []).push({ file, name });
  }
  const train = groups.train;
  if (train === undefined) {
    throw inputError(
      'data/empty',
      'There is no image of a kind that is read (PNG, JPEG, WebP, GIF, BMP, TIFF).',
      {
        file: source,
        remedy: 'Name a folder that has one folder of images per class.',
      },
    );
  }
  const classes = sortClasses([...new Set(train.map(({ name }) => name))]);
  if (classes.length < 2 || classes.length > MAX_CLASSES) {
    throw inputError(
      'data/labels',
      `There are ${classes.length} class folders; 2 to ${MAX_CLASSES} are read.`,
      {
        file: source,
        remedy: 'Name the folder whose folders are the classes.',
      },
    );
  }
  const arranged = nameClasses(classes, naming);
  const index = new Map(classes.map((name, i) => [name, arranged.index[i] ?? 0]));
  const label = (group: readonly { file: ImageFile; name: string }[]): ImagePart => ({
    files: group.map(({ file }) => file),
    labels: Int32Array.from(group, ({ file, name }) => {
      const found = index.get(name);
      if (found !== undefined) return found;
      throw inputError('data/labels', `The class '${name}' has no training images.`, {
        file: file.shown,
        remedy: 'Give the class training images, or remove its folder.',
      });
    }),
  });
  return {
    classes: arranged.classes,
    parts: {
      train: label(train),
      ...(groups.validation && { validation: label(groups.validation) }),
      ...(groups.test && { test: label(groups.test) }),
    },
  };
}

/** How many folders all files share, as archives often have one around everything. */
function commonDepth(files: readonly ImageFile[]): number {
  const first = files[0]?.path ?? [];
  let depth = 0;
  while (
    depth < first.length - 2 &&
    partOf(first[depth] ?? '') === undefined &&
    files.every(({ path }) => path.length > depth + 1 && path[depth] === first[depth])
  ) {
    depth++;
  }
  return depth;
}
