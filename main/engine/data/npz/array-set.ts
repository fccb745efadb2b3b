import path from 'node:path';
import { inputError } from '../../../contract/errors.ts';
import { kindOf, listFolder, type Place, readBytes, within } from '../files/place.ts';
import { MAX_PART_BYTES } from '../limits.ts';
import { ZipFile } from '../zip.ts';
import type { DataArray } from '../arrays/array.ts';
import { isNpy, parseNpy } from './npy.ts';

/** Arrays that lie together: the entries of an .npz file, or the .npy files of one folder. */
export interface ArraySet {
  readonly names: readonly string[];
  /** What lies beside them and is no array. */
  readonly others: readonly string[];
  /** The array that the recipe's path itself names, where it is a single .npy file. */
  readonly named: string | undefined;
  read(name: string): Promise<DataArray>;
  close(): Promise<void>;
}

const ENDING = /\.npy$/i;

/** Opens an .npz file, a folder of .npy files, or the folder around one .npy file; close it. */
export async function openArrays(place: Place): Promise<ArraySet> {
  if ((await kindOf(place)) === 'folder') return folderOf(place, undefined);
  // A bare array may be large; .npz files are read entry by entry.
  if (ENDING.test(place.full)) return folderOf(within(place, '..'), path.basename(place.full));
  const zip = await ZipFile.open(place).catch(async (error: unknown) => {
    if (!isNpy(await readBytes(place))) throw error;
    throw inputError('data/format', 'This is a single NumPy array (.npy), though it is called otherwise.', {
      file: place.shown,
      remedy: 'Call it x.npy and put the labels beside it as y.npy, or save both with numpy.savez.',
    });
  });
  const entries = new Map(
    zip.entries
      .filter(({ name }) => ENDING.test(name))
      .map((entry) => [entry.name.replace(ENDING, ''), entry]),
  );
  return {
    names: [...entries.keys()],
    others: zip.entries.map(({ name }) => name).filter((name) => !ENDING.test(name)),
    named: undefined,
    async read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`array ${name} was chosen but is not there`);
      return parseNpy(await zip.read(entry, MAX_PART_BYTES), place.shown, entry.name);
    },
    close: () => zip.close(),
  };
}

async function folderOf(folder: Place, named: string | undefined): Promise<ArraySet> {
  const files = (await listFolder(folder)).filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const byName = new Map(
    files.filter((file) => ENDING.test(file)).map((file) => [file.replace(ENDING, ''), file]),
  );
  return {
    names: [...byName.keys()],
    // Beside a file that is named itself, anything may lie.
    others: named === undefined ? files.filter((file) => !ENDING.test(file)) : [],
    named: named?.replace(ENDING, ''),
    async read(name) {
      const file = within(folder, byName.get(name) ?? '');
      return parseNpy(await readBytes(file), file.shown, name);
    },
    close: async () => {},
  };
}
