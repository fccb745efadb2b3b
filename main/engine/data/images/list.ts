import { inputError } from '../../../contract/errors.ts';
import { isClutter, kindOf, listFolder, type Place, readBytes, within } from '../files/place.ts';
import { MAX_IMAGE_BYTES, MAX_IMAGE_FILES } from '../limits.ts';
import { ZipFile } from '../zip.ts';

/** An image file of a source, not read yet. */
export interface ImageFile {
  /** Folders and name inside the source. */
  readonly path: readonly string[];
  /** For messages. */
  readonly shown: string;
  read(): Promise<Buffer>;
}

/** The image files of a folder or a .zip, in the order of their paths. */
export interface ImageTree {
  readonly files: readonly ImageFile[];
  close(): Promise<void>;
}

const IMAGE_NAME = /\.(png|jpe?g)$/i;

/** Part, class, and a few folders above that hold nothing else. */
const MAX_DEPTH = 6;

export async function listImages(place: Place): Promise<ImageTree> {
  if ((await kindOf(place)) === 'folder') {
    const files: ImageFile[] = [];
    await walk(place, [], files, place);
    return { files, close: async () => {} };
  }
  const zip = await ZipFile.open(place);
  const images = zip.entries.filter(({ name }) => IMAGE_NAME.test(name) && !name.split('/').some(isClutter));
  if (images.length > MAX_IMAGE_FILES) {
    await zip.close();
    throw tooMany(place);
  }
  const files = images
    .map((entry): ImageFile => ({
      path: entry.name.split('/').filter((part) => part !== '' && part !== '.'),
      shown: `${place.shown}/${entry.name}`,
      read: () => zip.read(entry, MAX_IMAGE_BYTES),
    }))
    .sort((a, b) => (a.shown < b.shown ? -1 : 1));
  return { files, close: () => zip.close() };
}

async function walk(folder: Place, path: readonly string[], files: ImageFile[], root: Place): Promise<void> {
  const entries = await listFolder(folder);
  if (entries.length === 0 && path.length > 0) {
    throw inputError('data/empty', 'The folder is empty.', {
      file: folder.shown,
      remedy: 'Put images of this class there, or remove the folder.',
    });
  }
  for (const { name, kind } of entries) {
    const place = within(folder, name);
    const inside = [...path, name];
    if (kind === 'folder') {
      if (inside.length < MAX_DEPTH) await walk(place, inside, files, root);
    } else if (IMAGE_NAME.test(name)) {
      if (files.length >= MAX_IMAGE_FILES) throw tooMany(root);
      files.push({ path: inside, shown: place.shown, read: () => readBytes(place, MAX_IMAGE_BYTES) });
    }
  }
}

function tooMany(place: Place) {
  return inputError('data/too-large', `There are more than ${MAX_IMAGE_FILES} images.`, {
    file: place.shown,
    remedy: 'Use fewer of them.',
  });
}
