import { join, resolve } from 'node:path';
import type { Artifact, StudioEvent } from './contract/api.ts';
import { studioEventSchema } from './contract/api.ts';
import type { Reply } from './contract/bridge.ts';
import { toProblem } from './contract/errors.ts';
import { pathsIn } from './contract/paths.ts';
import { recipeSchema } from './contract/recipe.ts';
import { studiesFolder } from './files/folders.ts';
import { Roots } from './files/roots.ts';
import type { StartEngine } from './jobs/host.ts';
import { Elsewhere } from './jobs/elsewhere/elsewhere.ts';
import { Places } from './jobs/queue.ts';
import { Storage } from './jobs/storage.ts';
import { Studies } from './jobs/studies.ts';
import { Supervisor } from './jobs/supervisor.ts';
import type { SupervisorOptions } from './jobs/supervisor.ts';
import { storeError } from './store/errors.ts';
import { lockFolder } from './store/lock.ts';
import { openStore } from './store/store.ts';
import { appHandlers } from './ipc/app.ts';
import { artifactHandlers } from './ipc/artifacts.ts';
import type { Context } from './ipc/context.ts';
import type { Desk } from './ipc/desk.ts';
import { draftHandlers } from './ipc/drafts.ts';
import { executorHandlers } from './ipc/executors.ts';
import { fileHandlers } from './ipc/files.ts';
import { projectHandlers } from './ipc/projects.ts';
import { Queries } from './ipc/queries.ts';
import { recipeHandlers } from './ipc/recipes.ts';
import { createRouter } from './ipc/router.ts';
import { runHandlers } from './ipc/runs.ts';
import { settingsHandlers } from './ipc/settings.ts';
import { storageHandlers } from './ipc/storage.ts';
import { studyHandlers } from './ipc/studies.ts';
import { sweepHandlers } from './ipc/sweeps.ts';

export interface StudioOptions {
  /** Folder of the database and of the runs; made where it is missing. */
  readonly dataFolder: string;
  /** Where relative paths in recipes start. */
  readonly baseFolder: string;
  /** Folders that the screens may browse and read from. */
  readonly roots: readonly string[];
  readonly version: string;
  readonly startEngine: StartEngine;
  readonly desk: Desk;
  /** The program as nodes of a cluster start it, where they can. */
  readonly program?: string;
  readonly limits?: Pick<SupervisorOptions, 'graceMs' | 'stallMs'> & {
    /** Runs and studies at a time, together; one if left out. */
    readonly places?: number;
  };
}

/** The whole program without a screen: what the desktop app, the loopback server and tests put one in front of. */
export interface Studio {
  /**
   * Answers a call; name and arguments are unchecked, but whoever puts a screen in front of the studio has checked the
   * sender: a window's frame, a session's cookie. Never rejects.
   */
  readonly call: (name: unknown, args: unknown) => Promise<Reply>;
  /** Tells every event until the returned function is called. */
  readonly subscribe: (listener: (event: StudioEvent) => void) => () => void;
  /**
   * A file that a run left, whole.
   * @throws EspalierError 'artifact/missing', 'store/corrupt'
   */
  readonly artifact: (id: number) => Promise<{ artifact: Artifact; content: Uint8Array }>;
  /** Opens up a file that a person opened the program with, as if it had been picked in a dialog. */
  readonly allow: (file: string) => void;
  /** Whether a run or a study has a process. */
  readonly busy: boolean;
  /** Ends all processes (their runs can be resumed), then closes the database. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the studio on a data folder, for itself alone.
 * @throws EspalierError 'store/in-use' where another process has it open, 'store/...' where the database cannot be used
 */
export function openStudio(options: StudioOptions): Studio {
  const { dataFolder, baseFolder, version, startEngine, desk } = options;
  const unlock = lockFolder(dataFolder);
  const listeners = new Set<(event: StudioEvent) => void>();
  const tell = (event: StudioEvent) => {
    // Only what the contract has leaves: records carry more than screens may know.
    const clean = studioEventSchema.parse(event);
    for (const listener of [...listeners]) listener(clean);
  };

  let store: Context['store'];
  try {
    store = openStore(join(dataFolder, 'espalier.db'));
  } catch (error) {
    unlock();
    throw error;
  }
  const runsFolder = join(dataFolder, 'runs');
  const elsewhere = new Elsewhere({
    store,
    startEngine,
    runsFolder,
    baseFolder: resolve(baseFolder),
    version,
    program: options.program,
    tell,
  });
  const { places: count = 1, ...limits } = options.limits ?? {};
  const places = new Places(count);
  const supervisor = new Supervisor({
    store,
    places,
    startEngine,
    runsFolder,
    baseFolder,
    tell,
    elsewhere,
    ...limits,
  });
  const studies = new Studies({
    store,
    startEngine,
    folder: studiesFolder(dataFolder),
    baseFolder,
    tell,
    places,
    ...(limits.graceMs === undefined ? {} : { graceMs: limits.graceMs }),
  });
  const busy = () => supervisor.busy || studies.busy;
  const roots = new Roots(options.roots, baseFolder);
  // What was picked in a dialog once may be read again, so that a run can be copied tomorrow. A browser has no such dialogs.
  if (desk.shell === 'electron') {
    for (const recipe of store.runs.recipes()) {
      for (const { parts } of pathsIn(recipeSchema, recipe)) roots.allow(resolve(baseFolder, ...parts));
    }
  }
  const storage = new Storage({ store, dataFolder, busy });
  // What cannot be removed now is counted in the settings, and can be removed there.
  if (store.settings.get().checkpointDays !== null) storage.reclaim('checkpoints').catch(() => undefined);
  desk.look(store.settings.get().theme);
  const context: Context = {
    store,
    supervisor,
    elsewhere,
    studies,
    storage,
    queries: new Queries(startEngine, baseFolder),
    roots,
    desk,
    tell,
    version,
    dataFolder,
  };
  const route = createRouter({
    handlers: {
      ...appHandlers(context),
      ...draftHandlers(context),
      ...settingsHandlers(context),
      ...executorHandlers(context),
      ...storageHandlers(context),
      ...projectHandlers(context),
      ...recipeHandlers(context),
      ...runHandlers(context),
      ...sweepHandlers(context),
      ...studyHandlers(context),
      ...artifactHandlers(context),
      ...fileHandlers(context),
    },
    explain: (error) => storeError(error, store.file)?.problem ?? toProblem(error),
  });

  return {
    call: route,
    allow: (file) => roots.allow(file),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    artifact: async (id) => ({
      artifact: store.artifacts.get(id),
      content: await store.artifacts.content(id),
    }),
    get busy() {
      return busy();
    },
    async close() {
      await Promise.all([supervisor.close(), studies.close(), elsewhere.close()]);
      store.close();
      unlock();
    },
  };
}
