import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivate, makePrivateFolder } from '../files/private.ts';

const OURS =
  /^(espalier\.db(-wal|-shm|-journal|\.version-.*)?|lock(-journal)?|runs|sensitivity|speed|studies|window)$/;

/**
 * Makes the program's folder where it is missing, and takes the rights of others from what an earlier version left readable.
 * A folder that holds other things too (somebody chose it as a home) keeps its own rights; what is ours in it loses them.
 * @throws EspalierError 'files/...' naming the folder
 */
export function openDataFolder(folder: string): void {
  makePrivateFolder(folder);
  const names = readdirSync(folder);
  if (names.every((name) => OURS.test(name))) return makePrivate(folder);
  for (const name of names) if (OURS.test(name)) makePrivate(join(folder, name));
}
