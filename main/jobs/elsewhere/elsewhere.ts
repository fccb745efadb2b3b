import { randomBytes } from 'node:crypto';
import { access, constants, lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StudioEvent } from '../../contract/api.ts';
import { inputError, toProblem } from '../../contract/errors.ts';
import { executorKindSchema } from '../../contract/executors.ts';
import type {
  Elsewhere as Places,
  ExecutorChoice,
  ExecutorKind,
  ExecutorStatus,
  ExecutorView,
  Placement,
} from '../../contract/executors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { SweepPlace } from '../../contract/sweep-list.ts';
import { isInside } from '../../files/confine.ts';
import { fileError, systemCode } from '../../files/problems.ts';
import type { Store } from '../../store/store.ts';
import type { Executor } from '../executors/executor.ts';
import { needsOf, openExecutor } from '../executors/index.ts';
import { nodeProgram } from '../executors/node-program.ts';
import type { StartEngine } from '../host.ts';
import { Journal } from '../journal.ts';
import { SweepElsewhere } from './sweep-elsewhere.ts';

export interface ElsewhereOptions {
  readonly store: Store;
  readonly startEngine: StartEngine;
  /** Runs without shared storage have their folders in here. */
  readonly runsFolder: string;
  readonly baseFolder: string;
  readonly version: string;
  /** The program as a cluster's node starts it; undefined where nodes cannot. */
  readonly program?: string | undefined;
  readonly tell: (event: StudioEvent) => void;
  /** See `SweepElsewhereOptions`. */
  readonly retryMs?: number;
}

/** Where the folders of sweeps are on storage that other machines see. */
const ON_STORAGE = 'espalier';

/** The sweeps of the studio that are done elsewhere: handed over, watched, taken up again after the studio was closed. */
export class Elsewhere {
  private readonly options: ElsewhereOptions;
  private readonly journal: Journal;
  private readonly sweeps = new Map<number, SweepElsewhere>();

  /** Takes up what an earlier studio handed over and did not see ending. */
  constructor(options: ElsewhereOptions) {
    this.options = options;
    this.journal = new Journal(options.store, options.tell);
    for (const { id } of options.store.sweeps.sent()) {
      const live = options.store.sweeps.live(id);
      if (live.length > 0) this.sweep(id).take(live, 'follow');
    }
  }

  /** Which executors can be chosen, as the settings are. */
  async choices(places: Places): Promise<ExecutorChoice[]> {
    return Promise.all(
      executorKindSchema.options.map(async (kind) => ({
        kind,
        problem: await this.check(kind, places).then(
          () => null,
          (error: unknown) => toProblem(error),
        ),
      })),
    );
  }

  /** Asks an executor how it stands. @throws EspalierError where it cannot be used */
  async test(kind: ExecutorKind, places: Places): Promise<ExecutorStatus> {
    const placement = await this.place(kind, places);
    const executor = await this.open(kind, placement);
    try {
      const [status, tried] = [await executor.status(), await executor.tryProgram?.()];
      const known = status.known.map((one) => (one.host === tried?.host ? { ...one, ...tried } : one));
      return { ...status, known };
    } finally {
      await executor.close();
    }
  }

  /** Where a new sweep goes. @throws EspalierError where it cannot go there */
  async place(kind: ExecutorKind, places: Places): Promise<Placement> {
    await this.check(kind, places);
    if (places.storage !== null) {
      await access(places.storage, constants.W_OK).catch((error: unknown) => {
        throw fileError(error, places.storage ?? '', 'write into the shared folder');
      });
    }
    return { ...places, key: randomBytes(8).toString('hex') };
  }

  /** Adds a run to a sweep that was sent elsewhere; it waits until `begin`. */
  add(sweep: number, projectId: number, recipe: Recipe, name: string, place: SweepPlace): void {
    const { store } = this.options;
    const { id } = store.runs.create(projectId, name, recipe, 'auto');
    store.sweeps.add(sweep, id, place);
    this.journal.announce(store.runs.get(id));
  }

  /** Hands all runs over that wait. */
  begin(sweep: number): void {
    this.sweep(sweep).take(this.options.store.sweeps.live(sweep), 'submit');
  }

  /** Has a run that waits again done once more. */
  again(run: number): void {
    this.sweep(this.sweepOf(run)).take([run], 'submit');
  }

  /** Ends runs of one sweep. @throws EspalierError where their executor cannot be reached */
  async cancel(runs: readonly number[]): Promise<void> {
    const [first] = runs;
    if (first !== undefined) await this.sweep(this.sweepOf(first)).cancel(runs);
  }

  /** How it stands with who does a sweep: nobody is asked when all of its runs have ended. */
  async view(sweep: number): Promise<ExecutorView> {
    return (await this.sweeps.get(sweep)?.view()) ?? { status: null, problem: null };
  }

  /** Whether this program made a run's folder on shared storage. */
  made(folder: string): boolean {
    return this.options.store.sweeps
      .sent()
      .some(
        ({ placement }) =>
          placement.storage !== null && isInside(join(sweepFolder(placement), 'runs'), folder),
      );
  }

  /** A sweep's own folder on shared storage; null where it has none. */
  folderOf(sweep: number): string | null {
    const sent = this.options.store.sweeps.sent().find(({ id }) => id === sweep);
    return sent === undefined || sent.placement.storage === null ? null : sweepFolder(sent.placement);
  }

  /**
   * Removes a sweep's own folder from shared storage, and nothing beside it. Its runs keep what is in the database: reports and files.
   * @throws EspalierError where it is a link to somewhere else, or cannot be removed
   */
  async removeFolder(sweep: number): Promise<void> {
    const { store } = this.options;
    const folder = this.folderOf(sweep);
    if (folder === null) return;
    const found = await lstat(folder).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw fileError(error, folder, "look at the sweep's folder");
    });
    if (found !== undefined && !found.isDirectory()) {
      throw inputError('sweep/folder', "The sweep's folder on the shared storage is a link or a file now.", {
        file: folder,
        remedy: 'Look at what it is, and forget the sweep alone.',
      });
    }
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError(error, folder, "remove the sweep's folder");
    });
    for (const run of store.sweeps.dropFolders(sweep)) this.journal.announce(store.runs.get(run));
  }

  /** Leaves; the runs go on without, and are taken up by the next studio. */
  async close(): Promise<void> {
    await Promise.all([...this.sweeps.values()].map((sweep) => sweep.close()));
  }

  private sweepOf(run: number): number {
    const sweep = this.options.store.sweeps.sweepOf(run);
    if (sweep === null) throw new Error(`run ${run} is not done elsewhere`);
    return sweep;
  }

  private sweep(id: number): SweepElsewhere {
    const known = this.sweeps.get(id);
    if (known !== undefined) return known;
    const { store, runsFolder, baseFolder, retryMs = 10_000 } = this.options;
    const sent = store.sweeps.sent().find((one) => one.id === id);
    if (sent === undefined) throw new Error(`sweep ${id} is not done elsewhere`);
    const { executor, placement } = sent;
    const made = new SweepElsewhere({
      store,
      journal: this.journal,
      key: placement.key,
      folderOf: (run) =>
        placement.storage === null
          ? join(runsFolder, String(run))
          : join(sweepFolder(placement), 'runs', String(run)),
      baseFolder,
      open: () => this.open(executor, placement),
      threads: placement.threads ?? 1,
      retryMs,
      done: () => void (this.sweeps.get(id) === made && this.sweeps.delete(id)),
    });
    this.sweeps.set(id, made);
    return made;
  }

  private async check(kind: ExecutorKind, places: Places): Promise<void> {
    const { program, version } = this.options;
    const needs = needsOf[kind];
    if (needs.storage && places.storage === null) {
      throw inputError('executor/no-storage', 'No shared folder is set.', {
        remedy: 'Set one under Settings that all machines see under the same path.',
      });
    }
    if (needs.program && places.program !== null) await nodeProgram(places.program, version);
    else if (needs.program && program === undefined) {
      throw inputError('executor/no-program', 'Nodes cannot start the program as it is installed here.', {
        remedy: 'Say under Settings which espalier command they have.',
      });
    }
    await needs.check(places);
  }

  private async open(kind: ExecutorKind, placement: Placement): Promise<Executor> {
    const { version, startEngine, program = '', runsFolder } = this.options;
    const { redis, redisFile, queue, storage, partition } = placement;
    const ofNodes = placement.program === null ? program : await nodeProgram(placement.program, version);
    if (storage !== null) {
      const folder = sweepFolder(placement);
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw fileError(error, folder, "make the sweep's folder");
      });
    }
    return openExecutor(kind, {
      version,
      startEngine,
      places: 1,
      sweep: storage === null ? runsFolder : sweepFolder(placement),
      program: ofNodes,
      redis: redis ?? undefined,
      redisFile: redisFile ?? undefined,
      queue: queue ?? undefined,
      storage: storage ?? undefined,
      partition: partition ?? undefined,
    });
  }
}

/** The folder of a sweep on shared storage. */
const sweepFolder = ({ storage, key }: Placement): string => join(storage ?? '', ON_STORAGE, key);
