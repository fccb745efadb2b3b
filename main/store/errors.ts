import Sqlite from 'better-sqlite3';
import type { EspalierError } from '../contract/errors.ts';
import { runError } from '../contract/errors.ts';

/** A failure of SQLite in words, or null where the error is none of SQLite's that a person could mend. */
export function storeError(error: unknown, file: string): EspalierError | null {
  if (!(error instanceof Sqlite.SqliteError)) return null;
  const code = error.code;
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return corrupt(file, error);
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE') {
    return runError(
      'store/disk-full',
      'The disk is full: the database could not be written.',
      { file, remedy: 'Free some space; what was stored before is safe.' },
      error,
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return runError(
      'store/busy',
      'Another program holds the database.',
      { file, remedy: 'Close the other program, or choose another data folder with ESPALIER_HOME.' },
      error,
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM') {
    return runError(
      'store/no-permission',
      'The database cannot be opened for writing.',
      {
        file,
        remedy: 'Change the permissions of the folder, or choose another data folder with ESPALIER_HOME.',
      },
      error,
    );
  }
  return null;
}

/** The error for a file that is not a sound database. */
export function corrupt(file: string, cause?: unknown): EspalierError {
  return runError(
    'store/corrupt',
    'The database is damaged or is no database.',
    {
      file,
      remedy:
        'Move this file away and start again: a new one is made. Reports and exports are also in the runs folder beside it; a copy of an earlier version may lie beside it as .backup.',
    },
    cause,
  );
}
