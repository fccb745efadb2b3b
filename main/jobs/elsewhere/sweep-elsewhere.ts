import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { describeProblem, runError, toProblem, type Problem } from '../../contract/errors.ts';
import type { ExecutorView } from '../../contract/executors.ts';
import type { EngineMessage } from '../../contract/messages.ts';
import type { Report } from '../../contract/report.ts';
import type { RunState } from '../../contract/run.ts';
import { CHECKPOINT_FILE } from '../../files/checkpoint-file.ts';
import { PRIVATE_FOLDER } from '../../files/private.ts';
import type { RunRecord } from '../../store/run-rows.ts';
import type { Store } from '../../store/store.ts';
import type { Executor, RunEnd, Submission } from '../executors/executor.ts';
import type { Journal } from '../journal.ts';
import { keepFiles } from '../keep-files.ts';
import { readRunReport } from '../run-folder.ts';
import { isLive } from '../states.ts';
import { endRun } from './end-run.ts';

export interface SweepElsewhereOptions {
  readonly store: Store;
  readonly journal: Journal;
  /** Begins the names of the sweep's runs at its executor. */
  readonly key: string;
  /** Where a run's folder is. */
  readonly folderOf: (run: number) => string;
  /** Folder that relative paths in recipes start from. */
  readonly baseFolder: string;
  /** That a run computes with. */
  readonly threads: number;
  /** Reaches the executor. */
  readonly open: () => Promise<Executor>;
  /** An executor that cannot be reached is tried again after so long, in milliseconds. */
  readonly retryMs: number;
  /** Called when no run is left to be watched, and the executor is let go. */
  readonly done: () => void;
}

/** How runs come to the executor: as new ones, or as such that an earlier process may have handed over. */
type How = 'submit' | 'follow';

/** Runs are handed over so many at a time. */
const BATCH = 200;
/** An executor that says nothing for so long is away for the moment, in milliseconds. */
const ANSWER_MS = 5_000;
/** What is under way when the studio is closed gets so long, in milliseconds. */
const CLOSE_MS = 2_000;

/**
 * The runs of one sweep while others do them: hands them over, writes down what is heard of them, and brings what they leave into the
 * store. An executor that is away is tried again until it is back; the runs do not notice.
 */
export class SweepElsewhere {
  private readonly options: SweepElsewhereOptions;
  /** Runs that are still to be handed over. */
  private readonly waiting = new Map<number, How>();
  /** Runs that the executor has. */
  private readonly handed = new Set<number>();
  /** Runs that are to end. */
  private readonly unwanted = new Set<number>();
  private readonly closing = new AbortController();
  private executor: Executor | undefined;
  private problem: Problem | null = null;
  private pumping: Promise<void> | undefined;
  /** Runs are collected one after another. */
  private last: Promise<void> = Promise.resolve();

  constructor(options: SweepElsewhereOptions) {
    this.options = options;
  }

  /** Has runs done. */
  take(runs: readonly number[], how: How): void {
    for (const run of runs) {
      this.waiting.set(run, how);
      this.unwanted.delete(run);
    }
    this.pumping ??= this.pump().finally(() => {
      this.pumping = undefined;
      // What came while the last one was handed over.
      if (this.waiting.size > 0 && !this.closing.signal.aborted) this.take([], 'submit');
    });
  }

  /**
   * Ends runs: those that wait at once, the others at their next step, and at once when they are asked again.
   * @throws EspalierError where the executor cannot be reached
   */
  async cancel(runs: readonly number[]): Promise<void> {
    const { store, journal } = this.options;
    const there: number[] = [];
    for (const run of runs) {
      if (this.handed.has(run)) there.push(run);
      else if (this.waiting.get(run) === 'submit') {
        this.waiting.delete(run);
        endRun(store, journal, run, { state: 'cancelled' });
      }
    }
    const away = runs.some((run) => this.waiting.get(run) === 'follow');
    if (there.length === 0 && !away) return this.letGoWhenDone();
    if (this.executor === undefined || away) {
      throw runError(
        'executor/away',
        `Who does these runs cannot be reached: ${this.problem?.message ?? 'not connected yet.'}`,
        { remedy: 'Try again when it answers.' },
      );
    }
    for (const run of there) this.unwanted.add(run);
    for (const run of there)
      if (['preparing', 'running'].includes(journal.run(run).state)) journal.move(run, 'cancelling');
    await this.executor.cancel(there.map((run) => this.nameOf(run)));
  }

  /** How it stands with the executor, and what went wrong since it was asked last. */
  async view(): Promise<ExecutorView> {
    const { executor, problem } = this;
    if (executor === undefined) return { status: null, problem };
    try {
      const status = await Promise.race([executor.status(), delay(ANSWER_MS, null, { ref: false })]);
      if (status === null)
        throw runError('executor/away', 'Who does these runs does not answer at the moment.');
      this.problem = null;
      return { status, problem };
    } catch (error) {
      return { status: null, problem: toProblem(error) };
    }
  }

  /** Leaves; the runs go on without, and are found again by `follow`. */
  async close(): Promise<void> {
    this.closing.abort();
    const ended = Promise.allSettled([this.pumping, this.last]);
    // What waits for a server that is away ends with its connection.
    await Promise.race([ended, delay(CLOSE_MS, undefined, { ref: false })]);
    await this.executor?.close();
    await ended;
  }

  private nameOf(run: number): string {
    return `${this.options.key}-${run}`;
  }

  private runOf(name: string): number {
    return Number(name.slice(this.options.key.length + 1));
  }

  /** Null where the run was removed meanwhile, or cannot be read. */
  private stateOf(run: number): RunState | null {
    try {
      return this.options.store.runs.find(run)?.state ?? null;
    } catch {
      return null;
    }
  }

  private async pump(): Promise<void> {
    while (this.waiting.size > 0) {
      const executor = await this.reach();
      if (executor === undefined) return;
      const how = [...this.waiting.values()][0] ?? 'submit';
      const batch = [...this.waiting].filter(([, one]) => one === how).slice(0, BATCH);
      await this.hand(
        executor,
        how,
        batch.map(([run]) => run),
      );
    }
    this.letGoWhenDone();
  }

  /** The executor, as soon as it can be reached; undefined when the studio is closed before. */
  private async reach(): Promise<Executor | undefined> {
    const { open, retryMs } = this.options;
    const { signal } = this.closing;
    while (this.executor === undefined && !signal.aborted) {
      try {
        const executor = await open();
        if (signal.aborted) return void (await executor.close());
        executor.watch({
          message: (name, message) => this.guarded(() => this.hear(this.runOf(name), message)),
          ended: (name, end) => this.ended(executor, this.runOf(name), end),
          warn: (text) => (this.problem = runError('executor/trouble', text).problem),
        });
        this.problem = null;
        this.executor = executor;
      } catch (error) {
        this.problem = toProblem(error);
        await delay(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return signal.aborted ? undefined : this.executor;
  }

  private async hand(executor: Executor, how: How, runs: readonly number[]): Promise<void> {
    const given: number[] = [];
    const submissions: Submission[] = [];
    for (const run of runs) {
      // It may have been cancelled while others were made ready.
      if (!this.waiting.has(run)) continue;
      this.waiting.delete(run);
      try {
        if (await this.isDone(run)) continue;
        submissions.push(await this.submissionOf(run));
        given.push(run);
        this.handed.add(run);
      } catch (error) {
        this.fail(run, toProblem(error));
      }
    }
    if (submissions.length === 0) return;
    try {
      await executor[how](submissions);
      // They were asked to end meanwhile, or before the studio was closed.
      const unwanted = given.filter(
        (run) => this.handed.has(run) && (this.unwanted.has(run) || this.stateOf(run) === 'cancelling'),
      );
      if (unwanted.length > 0) await executor.cancel(unwanted.map((run) => this.nameOf(run)));
    } catch (error) {
      if (this.closing.signal.aborted) return;
      // Some of them may be there already: none is to be done that is told to have failed.
      const left = given.filter((run) => this.handed.has(run) && this.stateOf(run) === 'queued');
      for (const run of left) this.handed.delete(run);
      await executor.cancel(left.map((run) => this.nameOf(run))).catch(() => undefined);
      for (const run of left) this.fail(run, toProblem(error));
    }
  }

  /** Whether its report is here already: it was brought when the studio ended. */
  private async isDone(run: number): Promise<boolean> {
    const { store, journal, folderOf } = this.options;
    const { recipe, folder } = journal.run(run);
    if (folder === null) return false;
    const report = await readRunReport(folderOf(run), folder).catch(() => undefined);
    if (report === undefined || !isDeepStrictEqual(report.recipe, recipe)) return false;
    await this.keep(run, report);
    endRun(store, journal, run, { state: 'finished' });
    return true;
  }

  private async submissionOf(run: number): Promise<Submission> {
    const { journal, folderOf, baseFolder, threads } = this.options;
    const folder = folderOf(run);
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    const { recipe } = journal.change(run, { folder });
    return { id: this.nameOf(run), folder, run: { recipe, baseFolder, device: 'auto', threads } };
  }

  private hear(run: number, message: EngineMessage): void {
    const { journal } = this.options;
    if (!this.handed.has(run) || this.stateOf(run) === null) return;
    if (message.type !== 'state') journal.hear(run, message);
    else if (message.state === 'running' || message.state === 'preparing') this.begin(journal.run(run));
  }

  private begin({ id, state, startedAt }: RunRecord): void {
    const { journal } = this.options;
    if (state !== 'queued') return;
    journal.move(id, 'preparing', { startedAt: startedAt ?? new Date().toISOString() });
    journal.move(id, 'running');
  }

  private ended(executor: Executor, run: number, end: RunEnd): void {
    this.last = this.last.then(() =>
      this.enter(executor, run, end).catch((error: unknown) => {
        this.problem = toProblem(error);
      }),
    );
  }

  /** Brings what an ended run left into the store. */
  private async enter(executor: Executor, run: number, end: RunEnd): Promise<void> {
    const { store, journal } = this.options;
    if (!this.handed.has(run) || this.closing.signal.aborted) return;
    const name = this.nameOf(run);
    try {
      await executor.collect(name);
      if (this.stateOf(run) !== null) {
        this.noteCheckpoint(run);
        store.sweeps.retried(run, end.retries);
        if (end.state === 'finished') {
          const { folder } = journal.run(run);
          await this.keep(run, await readRunReport(folder ?? '', folder ?? ''));
        }
        if (end.state === 'failed') this.fail(run, end.problem);
        else endRun(store, journal, run, { state: end.state });
      }
    } catch (error) {
      // The studio is closed meanwhile: the next one collects it.
      if (this.closing.signal.aborted) return;
      this.fail(run, toProblem(error));
    }
    this.handed.delete(run);
    this.unwanted.delete(run);
    this.letGoWhenDone();
  }

  private async keep(run: number, report: Report): Promise<void> {
    const { store, journal, folderOf } = this.options;
    await keepFiles(store, run, folderOf(run), report);
    journal.announce(journal.run(run));
  }

  /** A checkpoint that came along, but was not heard of, counts. */
  private noteCheckpoint(run: number): void {
    const { journal } = this.options;
    const { checkpoint, folder } = journal.run(run);
    if (checkpoint === null && folder !== null && existsSync(join(folder, CHECKPOINT_FILE)))
      journal.change(run, { checkpoint: { stage: 0, epoch: 0 } });
  }

  private fail(run: number, problem: Problem): void {
    const { store, journal } = this.options;
    const state = this.stateOf(run);
    if (state === null || !isLive(state)) return;
    journal.log(run, 'error', describeProblem(problem));
    endRun(store, journal, run, { state: 'failed', problem });
  }

  /** What cannot be written down (a full disk) is told on the page, and does not end the program. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.problem = toProblem(error);
    }
  }

  private letGoWhenDone(): void {
    if (this.waiting.size + this.handed.size > 0 || this.closing.signal.aborted) return;
    const { executor } = this;
    this.executor = undefined;
    executor?.close().catch(() => undefined);
    this.options.done();
  }
}
