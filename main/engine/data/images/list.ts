import path from 'node:path';
import { inputError } from '../../../contract/errors.ts';
import { isClutter, kindOf, listFolder, type Place, readBytes, within } from '../files/place.ts';
import { MAX_IMAGE_BYTES, MAX_IMAGE_FILES } from '../limits.ts';
import type { ReadNotes } from '../read-notes.ts';
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

const IMAGE_NAME = /\.(png|apng|jpe?g|jpe|jfif|webp|gif|bmp|dib|tiff?)$/i;

/** Part, class, and a few folders above that hold nothing else. */
const MAX_DEPTH = 6;

/** Lists what may be images; `notes` are told of everything else. */
export async function listImages(place: Place, notes: ReadNotes): Promise<ImageTree> {
  if ((await kindOf(place)) === 'folder') {
    const files: ImageFile[] = [];
    await walk(place, [], files, place, notes);
    return { files, close: async () => {} };
  }
  const zip = await ZipFile.open(place);
  const images = zip.entries.filter(({ name }) => {
    const parts = name.split('/');
    const last = parts.at(-1) ?? '';
    // A folder's own entry ends with a slash.
    if (last === '') return false;
    if (parts.some(isClutter)) leaveClutter(notes, name);
    else if (!IMAGE_NAME.test(last)) leaveFile(notes, name);
    else return true;
    return false;
  });
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

async function walk(
  folder: Place,
  inside: readonly string[],
  files: ImageFile[],
  root: Place,
  notes: ReadNotes,
): Promise<void> {
  const shownOf = (name: string) => [...inside, name].join('/');
  const entries = await listFolder(folder, (name) => leaveClutter(notes, shownOf(name)));
  if (entries.length === 0 && inside.length > 0) {
    throw inputError('data/empty', 'The folder is empty.', {
      file: folder.shown,
      remedy: 'Put images of this class there, or remove the folder.',
    });
  }
  const before = files.length;
  for (const { name, kind } of entries) {
    const place = within(folder, name);
    if (kind === 'folder') {
      if (inside.length + 1 < MAX_DEPTH) await walk(place, [...inside, name], files, root, notes);
      else notes.leave('folders that lie too deep', shownOf(name));
    } else if (IMAGE_NAME.test(name)) {
      if (files.length >= MAX_IMAGE_FILES) throw tooMany(root);
      files.push({
        path: [...inside, name],
        shown: place.shown,
        read: () => readBytes(place, MAX_IMAGE_BYTES),
      });
    } else leaveFile(notes, shownOf(name));
  }
  if (files.length === before && inside.length > 0) {
    notes.problem(
      `The folder '${inside.join('/')}' has no image of a kind that is read, and so makes no class.`,
      'Save its images as PNG or JPEG, or remove the folder.',
    );
  }
}

function leaveClutter(notes: ReadNotes, name: string): void {
  notes.leave('files and folders of the operating system, or hidden ones', name);
}

function leaveFile(notes: ReadNotes, name: string): void {
  const ending = path.extname(name).toLowerCase();
  notes.leave(ending === '' ? 'files without an ending' : `${ending} files, which are not read`, name);
}

function tooMany(place: Place) {
  return inputError('data/too-large', `There are more than ${MAX_IMAGE_FILES} images.`, {
    file: place.shown,
    remedy: 'Use fewer of them.',
  });
}
