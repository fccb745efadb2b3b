import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runError } from '../contract/errors.ts';
import { storageKindSchema } from '../contract/storage.ts';
import type { StorageKind, StorageUse } from '../contract/storage.ts';
import { CHECKPOINT_FILE } from '../files/checkpoint-file.ts';
import { sensitivityFolder, speedFolder, studiesFolder } from '../files/folders.ts';
import { fileError } from '../files/problems.ts';
import type { Store } from '../store/store.ts';

/** Something on the disk that can be removed, whole. */
interface Found {
  readonly path: string;
  readonly bytes: number;
}

const dayMs = 86_400_000;
const backupName = /^espalier\.db\.version-.*\.backup$/;
const databaseName = /^espalier\.db(-wal|-shm)?$/;

export interface StorageOptions {
  readonly store: Store;
  readonly dataFolder: string;
  /** Whether a run has a process. */
  readonly busy: () => boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What the data folder holds, by kind, and how to get room back. */
export class Storage {
  private readonly options: StorageOptions;

  constructor(options: StorageOptions) {
    this.options = options;
  }

  /** Counts what is there. Folders of many runs take a second or so; nothing waits for it but the answer. */
  async use(): Promise<StorageUse> {
    const { store, dataFolder } = this.options;
    const kinds = Object.fromEntries(
      storageKindSchema.options.map((kind) => [kind, { used: 0, reclaimable: 0 }]),
    ) as Record<StorageKind, { used: number; reclaimable: number }>;
    const runs = join(dataFolder, 'runs');
    const known = new Set(store.runs.folders().map(({ folder }) => folder));
    for (const name of await namesIn(runs)) {
      const folder = join(runs, name);
      const checkpoint = await sizeOf(join(folder, CHECKPOINT_FILE));
      const rest = (await sizeOf(folder)) - checkpoint;
      if (!known.has(folder)) continue;
      kinds.checkpoints.used += checkpoint;
      kinds.files.used += rest;
    }
    kinds.files.used += await sizeOf(studiesFolder(dataFolder));
    kinds.checkpoints.reclaimable = total(await this.oldCheckpoints());
    for (const name of await namesIn(dataFolder))
      if (databaseName.test(name)) kinds.database.used += await sizeOf(join(dataFolder, name));
    kinds.database.reclaimable = store.free();
    for (const kind of ['caches', 'backups', 'orphans'] as const)
      kinds[kind].used = kinds[kind].reclaimable = total(await this.found(kind));
    return kinds;
  }

  /**
   * Gives room back.
   * @throws EspalierError 'storage/busy' for the database while a run is at work; 'files/...' for what cannot be removed
   */
  async reclaim(kind: StorageKind): Promise<void> {
    if (kind === 'database') return this.compact();
    for (const { path } of await this.found(kind)) await remove(path);
  }

  private compact(): void {
    if (this.options.busy()) {
      throw runError('storage/busy', 'The database cannot be made smaller while a run is at work.', {
        remedy: 'Pause is not enough: wait until the run has ended, or cancel it.',
      });
    }
    this.options.store.compact();
  }

  private async found(kind: StorageKind): Promise<Found[]> {
    const { dataFolder } = this.options;
    switch (kind) {
      case 'checkpoints':
        return this.oldCheckpoints();
      case 'caches':
        return sized([sensitivityFolder(dataFolder), speedFolder(dataFolder)]);
      case 'backups':
        return sized(
          (await namesIn(dataFolder))
            .filter((name) => backupName.test(name))
            .map((name) => join(dataFolder, name)),
        );
      case 'orphans':
        return this.orphans();
      case 'database':
      case 'files':
        return [];
    }
  }

  /** Those of finished runs, when they are older than the person wants; runs that can still be resumed keep theirs. */
  private async oldCheckpoints(): Promise<Found[]> {
    const { store, now = Date.now } = this.options;
    const { checkpointDays } = store.settings.get();
    if (checkpointDays === null) return [];
    const before = new Date(now() - checkpointDays * dayMs).toISOString();
    const old = store.runs
      .folders()
      .filter(({ state, endedAt }) => state === 'finished' && endedAt !== null && endedAt <= before);
    return sized(old.map(({ folder }) => join(folder, CHECKPOINT_FILE)));
  }

  /** Folders of runs that the database does not know any more. */
  private async orphans(): Promise<Found[]> {
    const { store, dataFolder } = this.options;
    const runs = join(dataFolder, 'runs');
    const known = new Set(store.runs.folders().map(({ folder }) => folder));
    // The program names them by numbers; what somebody else put there is left alone.
    const names = (await namesIn(runs)).filter((name) => /^\d+$/.test(name));
    return sized(names.map((name) => join(runs, name)).filter((folder) => !known.has(folder)));
  }
}

const total = (found: readonly Found[]): number => found.reduce((sum, { bytes }) => sum + bytes, 0);

async function sized(paths: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const path of paths) {
    const bytes = await sizeOf(path);
    if (bytes > 0) found.push({ path, bytes });
  }
  return found;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** Bytes of a file, or of a folder and all in it; 0 for what is not there. Links are not followed. */
async function sizeOf(path: string): Promise<number> {
  const facts = await lstat(path).catch(() => null);
  if (facts === null) return 0;
  if (!facts.isDirectory()) return facts.size;
  let bytes = 0;
  for (const name of await namesIn(path)) bytes += await sizeOf(join(path, name));
  return bytes;
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
    throw fileError(error, path, 'remove this');
  });
}
