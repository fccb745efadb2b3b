import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StudioEvent } from '../contract/api.ts';
import { inputError, toProblem } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import { runStateSchema } from '../contract/run.ts';
import { CHECKPOINT_FILE } from '../files/checkpoint-file.ts';
import { isInside } from '../files/confine.ts';
import { PRIVATE_FOLDER } from '../files/private.ts';
import { fileError } from '../files/problems.ts';
import type { RunPlace, RunRecord } from '../store/run-rows.ts';
import type { RunChange } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { ActiveRun } from './active-run.ts';
import type { StartEngine } from './host.ts';
import { Journal } from './journal.ts';
import { keepFiles } from './keep-files.ts';
import { Places, Queue } from './queue.ts';
import { isActive, isLive } from './states.ts';

export interface SupervisorOptions {
  readonly store: Store;
  readonly startEngine: StartEngine;
  /** Each run gets a folder of its own in here. */
  readonly runsFolder: string;
  /** Folder that relative paths in recipes start from. */
  readonly baseFolder: string;
  readonly tell: (event: StudioEvent) => void;
  /** Who has those runs done that are not done here. */
  readonly elsewhere?: Elsewhere;
  /** For runs at a time; one if left out, because a run takes all the cores it can use. */
  readonly places?: Places;
  /** See `ActiveRunOptions`. */
  readonly graceMs?: number;
  readonly stallMs?: number;
}

/** Has runs done on other machines: those that name an executor (`RunRecord.executor`). */
interface Elsewhere {
  /** Has a run that waits again done once more. */
  again(run: number): void;
  cancel(runs: readonly number[]): Promise<void>;
  /** Whether this program made a folder there. */
  made(folder: string): boolean;
}

/** Looks after all runs: who waits, who runs, and what a person may do to them. */
export class Supervisor {
  private readonly options: SupervisorOptions;
  private readonly journal: Journal;
  /** How many there are for runs on this machine, and how many are taken. */
  readonly places: Places;
  private readonly queue: Queue;
  private readonly active = new Map<number, ActiveRun>();
  private readonly launching = new Map<number, Promise<void>>();

  /**
   * Takes over a store that no other process is using (`lockFolder`): runs whose process is gone become interrupted, and
   * those that waited go on waiting.
   */
  constructor(options: SupervisorOptions) {
    this.options = options;
    this.journal = new Journal(options.store, options.tell);
    this.places = options.places ?? new Places(1);
    this.queue = new Queue(this.places, (id) => {
      const launch = this.launch(id).finally(() => this.launching.delete(id));
      this.launching.set(id, launch);
    });
    options.store.runs.interruptOrphans();
    this.findCheckpoints();
    for (const run of options.store.runs.inState('queued')) this.queue.add(run.id);
  }

  /**
   * A run may have been killed after its first checkpoint was written and before the store heard of it: the file counts. Where in
   * the plan it stands only the engine reads.
   */
  private findCheckpoints(): void {
    for (const { id, folder, checkpoint } of this.options.store.runs.inState('interrupted')) {
      if (checkpoint !== null || folder === null || !existsSync(join(folder, CHECKPOINT_FILE))) continue;
      this.journal.change(id, { checkpoint: { stage: 0, epoch: 0 } });
    }
  }

  /** Queues a new run of a checked recipe. @param name what it is called */
  start(projectId: number, recipe: Recipe, device: string, name: string): RunRecord {
    const { store } = this.options;
    store.projects.get(projectId);
    const run = this.journal.announce(store.runs.create(projectId, name, recipe, device));
    this.queue.add(run.id);
    return this.journal.run(run.id);
  }

  /** Asks a run to wait at its next step, keeping its process and its place. */
  pause(id: number): void {
    const run = this.journal.run(id);
    if (run.state === 'pausing' || run.state === 'paused') return;
    this.activeRun(run, ['preparing', 'running'], 'paused').pause();
  }

  /** Goes on: a paused run at once, an ended one from its last checkpoint, as soon as there is a place. */
  resume(id: number): void {
    const run = this.journal.run(id);
    if (run.state === 'paused' || run.state === 'pausing') return this.active.get(id)?.resume();
    if (!run.resumable) {
      throw inputError('run/not-resumable', `Run ${id} is ${run.state} and cannot be resumed.`, {
        remedy: 'Start a new run with its recipe.',
      });
    }
    this.again(id);
  }

  private again(id: number): void {
    const run = this.journal.move(id, 'queued', { problem: null, endedAt: null, deletedAt: null });
    if (run.executor === undefined) this.queue.add(id);
    else this.options.elsewhere?.again(id);
  }

  /** Begins an ended run again with the same recipe: from its last checkpoint, where there is one. */
  retry(id: number): void {
    const run = this.journal.run(id);
    if (isActive(run.state) || run.state === 'finished' || run.state === 'queued') {
      throw inputError('run/not-ended', `Run ${id} is ${run.state}: there is nothing to try again.`, {
        remedy: 'Start a new run with its recipe.',
      });
    }
    this.again(id);
  }

  /** Has a run at work write a checkpoint now; settles when it is there. */
  checkpoint(id: number): Promise<void> {
    const run = this.journal.run(id);
    return this.activeRun(run, ['running'], 'asked for a checkpoint').checkpoint();
  }

  /** Ends a run at its next step, or takes it out of the queue. A process that does not end in time is killed. */
  cancel(id: number): void {
    const run = this.journal.run(id);
    if (run.state === 'cancelling' || run.state === 'cancelled') return;
    if (run.state === 'queued') {
      this.queue.withdraw(id);
      this.journal.move(id, 'cancelled', { endedAt: new Date().toISOString() });
      return;
    }
    this.activeRun(run, ['preparing', 'running', 'pausing', 'paused'], 'cancelled').cancel();
  }

  /** The same for a run that may be done elsewhere. @throws EspalierError where its executor cannot be reached */
  async end(id: number): Promise<void> {
    const { executor, state } = this.journal.run(id);
    if (executor === undefined) this.cancel(id);
    else if (isLive(state)) await this.options.elsewhere?.cancel([id]);
  }

  /** Removes a run that has ended or still waits: its row, what it left in the database, and its folder. */
  async remove(id: number): Promise<void> {
    await this.launching.get(id);
    const run = this.options.store.runs.place(id);
    this.refuseActive(run);
    if (run.state === 'queued') await this.end(id);
    this.options.store.runs.remove(id);
    this.journal.removed(id);
    await this.removeFolder(run);
  }

  /** Gives a run another name or note. */
  edit(id: number, change: Pick<RunChange, 'name' | 'notes'>): RunRecord {
    return this.journal.change(id, change);
  }

  /** Gives and takes tags. @throws EspalierError 'run/missing' */
  tag(ids: readonly number[], add: readonly string[], remove: readonly string[]): void {
    const { store } = this.options;
    for (const id of ids) store.runs.get(id);
    store.tags.change(ids, add, remove);
    for (const id of ids) this.journal.announce(store.runs.get(id));
  }

  /** Puts runs into the trash, all or none; those that wait are cancelled. Refused while one of them has a process. */
  async trash(ids: readonly number[]): Promise<void> {
    await Promise.all(this.launching.values());
    for (const id of ids) this.refuseActive(this.options.store.runs.place(id));
    const deletedAt = new Date().toISOString();
    for (const id of ids) {
      if (this.journal.run(id).state === 'queued') await this.end(id);
      this.journal.change(id, { deletedAt });
    }
  }

  /** Takes runs out of the trash. */
  restore(ids: readonly number[]): void {
    for (const id of ids) this.journal.change(id, { deletedAt: null });
  }

  /** Removes what is in the trash for good. Tells how many runs that were. */
  async emptyTrash(): Promise<number> {
    const runs = this.options.store.runs.trashed();
    for (const { id } of runs) await this.remove(id);
    return runs.length;
  }

  /** Removes a project with all of its runs; refused while one of them has a process. */
  async removeProject(projectId: number): Promise<void> {
    await Promise.all(this.launching.values());
    const runs = this.options.store.runs.places(projectId);
    for (const run of runs) this.refuseActive(run);
    for (const run of runs) if (run.state === 'queued') await this.end(run.id);
    this.options.store.projects.remove(projectId);
    for (const run of runs) {
      this.journal.removed(run.id);
      await this.removeFolder(run);
    }
  }

  /** Ends all processes; their runs are interrupted and can be resumed, those that wait go on waiting. */
  async close(): Promise<void> {
    this.queue.close();
    await Promise.all(this.launching.values());
    const runs = [...this.active.values()];
    for (const run of runs) run.interrupt();
    await Promise.all(runs.map((run) => run.done));
  }

  /** Whether any run has a process, for a shell that asks before it quits. */
  get busy(): boolean {
    return this.active.size > 0;
  }

  /** Settles when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.launching.size + this.active.size > 0) {
      await Promise.all([...this.launching.values(), ...[...this.active.values()].map((run) => run.done)]);
      await delay(0);
    }
  }

  private async launch(id: number): Promise<void> {
    const { store, startEngine, runsFolder, baseFolder, graceMs = 10_000, stallMs = 30_000 } = this.options;
    const folder = this.journal.run(id).folder ?? join(runsFolder, String(id));
    try {
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER }).catch((error: unknown) => {
        throw fileError(error, folder, "make the run's folder");
      });
      // It may have been taken out while the folder was being made.
      if (this.journal.run(id).state !== 'queued') return this.queue.release(id);
      const run = this.journal.move(id, 'preparing', {
        folder,
        startedAt: this.journal.run(id).startedAt ?? new Date().toISOString(),
      });
      const active = new ActiveRun(id, {
        journal: this.journal,
        host: startEngine(`run ${id}`),
        start: {
          type: 'start',
          recipe: run.recipe,
          folder,
          baseFolder,
          device: run.deviceWanted,
          resume: run.checkpoint !== null,
          private: true,
        },
        keep: async (report) => {
          await keepFiles(store, id, folder, report);
          this.journal.announce(this.journal.run(id));
        },
        graceMs,
        stallMs,
      });
      this.active.set(id, active);
      void active.done.then(() => {
        this.active.delete(id);
        this.queue.release(id);
      });
    } catch (error) {
      this.queue.release(id);
      this.journal.move(id, 'failed', { problem: toProblem(error), endedAt: new Date().toISOString() });
    }
  }

  private activeRun(run: RunRecord, states: readonly RunRecord['state'][], what: string): ActiveRun {
    if (run.executor !== undefined) {
      throw inputError('run/elsewhere', `Run ${run.id} is done on another machine and cannot be ${what}.`, {
        remedy: 'Cancel it: it keeps a checkpoint, and goes on from there later.',
      });
    }
    const active = this.active.get(run.id);
    if (active !== undefined && states.includes(run.state)) return active;
    throw inputError('run/wrong-state', `Run ${run.id} is ${run.state} and cannot be ${what}.`, {
      remedy: 'Wait until its state changes.',
    });
  }

  private refuseActive(run: RunPlace): void {
    const state = runStateSchema.safeParse(run.state);
    if (!(state.success && isActive(state.data)) && !this.active.has(run.id)) return;
    throw inputError('run/active', `Run ${run.id} (${run.name}) is still ${run.state}.`, {
      remedy: 'Cancel it first.',
    });
  }

  private async removeFolder({ folder }: RunPlace): Promise<void> {
    // A folder elsewhere was not made by this program's own hand.
    const { runsFolder, elsewhere } = this.options;
    if (folder === null || !(isInside(runsFolder, folder) || elsewhere?.made(folder) === true)) return;
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError(error, folder, "remove the run's folder");
    });
  }
}
