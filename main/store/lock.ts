import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { runError } from '../contract/errors.ts';
import { makePrivateFile } from '../files/private.ts';
import { openDataFolder } from './data-folder.ts';
import { storeError } from './errors.ts';

/** The locks of this process: a connection that nobody holds is closed with the next collection of garbage, and its lock gone. */
const held = new Set<Sqlite.Database>();

/**
 * Makes this process the only one that runs anything in a data folder, until the returned function is called or the
 * process ends, however it ends: the lock is one of the operating system's, held through an open SQLite transaction, so
 * there is no stale lock file to judge.
 * @throws EspalierError 'store/in-use' when another process has it
 */
export function lockFolder(dataFolder: string): () => void {
  openDataFolder(dataFolder);
  const file = join(dataFolder, 'lock');
  let db: Sqlite.Database;
  try {
    makePrivateFile(file);
    db = new Sqlite(file, { timeout: 0 });
  } catch (error) {
    throw storeError(error, file) ?? error;
  }
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (storeError(error, file)?.problem.code === 'store/busy') {
      throw runError('store/in-use', 'Espalier is already open on this data folder.', {
        file: dataFolder,
        remedy: 'Go on there, close it, or choose another data folder with ESPALIER_HOME.',
      });
    }
    throw storeError(error, file) ?? error;
  }
  held.add(db);
  return () => {
    held.delete(db);
    db.close();
  };
}
