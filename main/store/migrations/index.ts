import type { Database } from 'better-sqlite3';
import { initial } from './0001-initial.ts';
import { metricRounds } from './0002-metric-rounds.ts';
import { runLists } from './0003-run-lists.ts';
import { imported } from './0004-imported.ts';
import { sweeps } from './0005-sweeps.ts';
import { layerWidths } from './0006-layer-widths.ts';
import { studies } from './0007-studies.ts';
import { measuredFiles } from './0008-measured-files.ts';
import { sweepsElsewhere } from './0009-sweeps-elsewhere.ts';

/** All migrations in order: the nth takes a database from version n-1 to n. Never change one that has been released. */
export const migrations: readonly string[] = [
  initial,
  metricRounds,
  runLists,
  imported,
  sweeps,
  layerWidths,
  studies,
  measuredFiles,
  sweepsElsewhere,
];

/** The version of a database: how many migrations it has seen. */
export function versionOf(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/**
 * Applies what is missing, each migration in its own transaction together with the new version number, so that a crash
 * leaves a database at a version that is in the list.
 */
export function migrate(db: Database, list: readonly string[] = migrations): void {
  // Has no effect inside a transaction; off, so that a migration may rebuild a table that others refer to.
  db.pragma('foreign_keys = OFF');
  list.slice(versionOf(db)).forEach((sql, offset, missing) => {
    const version = list.length - missing.length + offset + 1;
    db.transaction(() => {
      db.exec(sql);
      const broken = db.pragma('foreign_key_check') as unknown[];
      if (broken.length > 0) throw new Error(`Migration ${version} leaves rows without what they refer to.`);
      db.pragma(`user_version = ${version}`);
    }).immediate();
  });
  db.pragma('foreign_keys = ON');
}
