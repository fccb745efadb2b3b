import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StudioEvent } from '../contract/api.ts';
import { inputError, toProblem } from '../contract/errors.ts';
import type { RunState } from '../contract/run.ts';
import type { StudyRun } from '../contract/study-list.ts';
import { PRIVATE_FOLDER } from '../files/private.ts';
import { fileError } from '../files/problems.ts';
import type { Store } from '../store/store.ts';
import type { GivenStudy, StudyChange } from '../store/studies.ts';
import { ActiveStudy } from './active-study.ts';
import type { StartEngine } from './host.ts';
import { Queue, type Places } from './queue.ts';
import { canMove, isActive } from './states.ts';

export interface StudiesOptions {
  readonly store: Store;
  readonly startEngine: StartEngine;
  /** Each study gets a folder of its own in here. */
  readonly folder: string;
  /** Folder that relative paths in parameters start from. */
  readonly baseFolder: string;
  readonly tell: (event: StudioEvent) => void;
  /** Shared with the runs: what works beside a run would spoil the latencies that it measures. */
  readonly places: Places;
  /** See `ActiveStudyOptions`. */
  readonly graceMs?: number;
}

/** Looks after the studies: they wait for their places in one line with the runs. A study's folder holds where each stands. */
export class Studies {
  private readonly options: StudiesOptions;
  private readonly queue: Queue;
  private readonly active = new Map<number, ActiveStudy>();
  private readonly launching = new Map<number, Promise<void>>();

  /** Takes over a store that no other process is using: studies whose process is gone become interrupted. */
  constructor(options: StudiesOptions) {
    this.options = options;
    this.queue = new Queue(options.places, (id) => {
      const launch = this.launch(id).finally(() => this.launching.delete(id));
      this.launching.set(id, launch);
    });
    options.store.studies.interruptOrphans();
    for (const { id } of options.store.studies.inState('queued')) this.queue.add(id);
  }

  /** Where a study's results are. */
  folderOf(id: number): string {
    return join(this.options.folder, String(id));
  }

  /**
   * Queues a study whose parameters are checked.
   * @param given the parameters as the engine takes them
   */
  start(title: string, asked: GivenStudy, given: Record<string, unknown>): StudyRun {
    const study = this.announce(this.options.store.studies.create(title, asked, given));
    this.queue.add(study.id);
    return this.get(study.id);
  }

  /** Asks a study to wait, keeping its process and its place. */
  pause(id: number): void {
    const { state } = this.get(id);
    if (state === 'pausing' || state === 'paused') return;
    this.activeStudy(id, ['preparing', 'running'], 'paused').pause();
  }

  /** Goes on: a paused study at once, an ended one with its next step, as soon as there is a place. */
  resume(id: number): void {
    const { state } = this.get(id);
    if (state === 'pausing' || state === 'paused') return this.active.get(id)?.resume();
    if (!canMove(state, 'queued')) {
      throw inputError('study/not-resumable', `This study is ${state} and cannot be resumed.`, {
        remedy: 'Start a new one with its parameters.',
      });
    }
    this.note(id, { state: 'queued', problem: null, endedAt: null });
    this.queue.add(id);
  }

  /** Ends a study, or takes it out of the queue; what is done is kept. */
  cancel(id: number): void {
    const { state } = this.get(id);
    if (state === 'cancelling' || state === 'cancelled') return;
    if (state === 'queued') {
      this.queue.withdraw(id);
      this.note(id, { state: 'cancelled', endedAt: new Date().toISOString() });
      return;
    }
    this.activeStudy(id, ['preparing', 'running', 'pausing', 'paused'], 'cancelled').cancel();
  }

  /** Removes a study that has ended or still waits, with its results. */
  async remove(id: number): Promise<void> {
    await this.launching.get(id);
    const { state } = this.get(id);
    if (isActive(state) || this.active.has(id)) {
      throw inputError('study/active', `This study is still ${state}.`, { remedy: 'Cancel it first.' });
    }
    this.queue.withdraw(id);
    this.options.store.studies.remove(id);
    this.options.tell({ type: 'study-removed', id });
    const folder = this.folderOf(id);
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError(error, folder, "remove the study's folder");
    });
  }

  /** Whether any study has a process. */
  get busy(): boolean {
    return this.active.size > 0;
  }

  /** Ends all processes; their studies are interrupted and can be resumed, those that wait go on waiting. */
  async close(): Promise<void> {
    this.queue.close();
    await Promise.all(this.launching.values());
    for (const study of this.active.values()) study.interrupt();
    while (this.active.size > 0) await Promise.all([...this.active.values()].map(({ done }) => done));
  }

  private get(id: number): StudyRun {
    return this.options.store.studies.get(id);
  }

  private announce(study: StudyRun): StudyRun {
    this.options.tell({ type: 'study', study });
    return study;
  }

  /** Writes a change down; one to a state that does not follow from the present one is left out. */
  private note(id: number, change: StudyChange): void {
    const { store } = this.options;
    if (change.state !== undefined && !canMove(this.get(id).state, change.state)) return;
    this.announce(store.studies.update(id, change));
  }

  private async launch(id: number): Promise<void> {
    const { store, startEngine, baseFolder, graceMs = 10_000 } = this.options;
    const folder = this.folderOf(id);
    try {
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER }).catch((error: unknown) => {
        throw fileError(error, folder, "make the study's folder");
      });
      // It may have been taken out while the folder was being made.
      if (this.get(id).state !== 'queued') return this.queue.release(id);
      this.note(id, { state: 'preparing' });
      const active = new ActiveStudy({
        host: startEngine(`study ${id}`),
        start: { type: 'study', ...store.studies.given(id), folder, baseFolder },
        note: (change) => this.note(id, change),
        graceMs,
      });
      this.active.set(id, active);
      void active.done.then((end) => {
        this.active.delete(id);
        this.note(id, { ...end, endedAt: new Date().toISOString() });
        this.queue.release(id);
      });
    } catch (error) {
      this.note(id, { state: 'failed', problem: toProblem(error), endedAt: new Date().toISOString() });
      this.queue.release(id);
    }
  }

  private activeStudy(id: number, states: readonly RunState[], what: string): ActiveStudy {
    const { state } = this.get(id);
    const active = this.active.get(id);
    if (active !== undefined && states.includes(state)) return active;
    throw inputError('study/wrong-state', `This study is ${state} and cannot be ${what}.`, {
      remedy: 'Wait until its state changes.',
    });
  }
}
