import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { inputError } from '../contract/errors.ts';
import { makePrivateFile, makePrivateFolder } from '../files/private.ts';
import { corrupt, storeError } from './errors.ts';
import { migrate, migrations, versionOf } from './migrations/index.ts';

/** Databases up to this size are read through at every start; it costs about a second per gigabyte. */
const checkedBytes = 256 * 2 ** 20;

function configure(db: Database): void {
  db.pragma('busy_timeout = 5000');
  db.pragma('journal_mode = WAL');
  // In WAL mode a power cut may lose the last transactions but never damages the file; checkpoints of runs are files.
  db.pragma('synchronous = NORMAL');
  db.pragma('trusted_schema = OFF');
}

function refuseUnsound(db: Database, file: string): void {
  if (statSync(file).size > checkedBytes) return;
  if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') throw corrupt(file);
}

function backUp(db: Database, file: string): void {
  let copy = `${file}.version-${versionOf(db)}.backup`;
  for (let n = 2; existsSync(copy); n++) copy = `${file}.version-${versionOf(db)}-${n}.backup`;
  makePrivateFile(copy);
  db.prepare('VACUUM INTO ?').run(copy);
}

/**
 * Opens the database, making it or bringing it up to date where needed; before an older one is changed, a copy is put
 * beside it.
 * @throws EspalierError 'store/newer' for a database of a later Espalier, 'store/corrupt', 'store/busy',
 *   'store/no-permission', 'store/disk-full', each naming the file
 */
export function openDatabase(file: string, list: readonly string[] = migrations): Database {
  makePrivateFolder(dirname(file));
  let db: Database | null = null;
  try {
    // SQLite gives its other files (-wal, -shm) the rights of this one.
    makePrivateFile(file);
    db = new Sqlite(file);
    configure(db);
    const version = versionOf(db);
    if (version > list.length) {
      throw inputError(
        'store/newer',
        `The database was written by a later version of Espalier (format ${version}; this one knows ${list.length}).`,
        { file, remedy: 'Update Espalier, or choose another data folder with ESPALIER_HOME.' },
      );
    }
    refuseUnsound(db, file);
    if (version > 0 && version < list.length) backUp(db, file);
    migrate(db, list);
    return db;
  } catch (error) {
    db?.close();
    throw storeError(error, file) ?? error;
  }
}
