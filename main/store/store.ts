import { artifactsTable } from './artifacts.ts';
import { draftTable } from './draft.ts';
import { layersTable } from './layers.ts';
import { logsTable } from './logs.ts';
import { metricsTable } from './metrics.ts';
import { openDatabase } from './open.ts';
import { projectsTable } from './projects.ts';
import { runsTable } from './runs.ts';
import { settingsTable } from './settings.ts';
import { studiesTable } from './studies.ts';
import { sweepsTable } from './sweeps.ts';
import { tagsTable } from './tags.ts';

/** The database and its tables. Only the main process writes to it. */
export type Store = ReturnType<typeof openStore>;

/**
 * Opens the database at `file`.
 * @throws EspalierError 'store/...' naming the file
 */
export function openStore(file: string) {
  const db = openDatabase(file);
  return {
    file,
    projects: projectsTable(db),
    runs: runsTable(db),
    sweeps: sweepsTable(db),
    studies: studiesTable(db),
    tags: tagsTable(db),
    metrics: metricsTable(db),
    layers: layersTable(db),
    logs: logsTable(db),
    artifacts: artifactsTable(db),
    settings: settingsTable(db),
    draft: draftTable(db),
    /** What is written by one piece of work is written whole, or not at all; and faster than piece by piece. */
    together: (work: () => void): void => db.transaction(work)(),
    /** Bytes of the database's file that hold nothing any more. */
    free: (): number =>
      (db.pragma('freelist_count', { simple: true }) as number) *
      (db.pragma('page_size', { simple: true }) as number),
    /** Gives them back to the disk; the file is written anew. */
    compact(): void {
      db.exec('VACUUM');
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    close(): void {
      db.pragma('optimize');
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}
