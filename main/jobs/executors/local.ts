import { hostname } from 'node:os';
import { toProblem } from '../../contract/errors.ts';
import type { ExecutorStatus } from '../../contract/executors.ts';
import { driveEngine, type EngineRun } from '../engine-run.ts';
import type { StartEngine } from '../host.ts';
import { Queue } from '../queue.ts';
import { orderFor, sharedIn } from '../run-folder.ts';
import type { Executor, Submission, Watcher } from './executor.ts';

export interface LocalOptions {
  /** The program's version. */
  readonly version: string;
  readonly startEngine: StartEngine;
  /** Runs at a time. */
  readonly places: number;
  /** The sweep's folder, for what its runs share. */
  readonly sweep: string;
}

/** How this machine stands. @param places runs at a time */
export function localStatus(
  version: string,
  places: number,
  waiting: number,
  active: number,
): ExecutorStatus {
  const known = [{ host: hostname(), version, heard: null, state: null }];
  return { kind: 'local', place: 'this machine', workers: places, known, waiting, active };
}

/** Runs on this machine, each in a process of its own, first come, first served. */
export class LocalExecutor implements Executor {
  private readonly options: LocalOptions;
  private readonly runs: Submission[] = [];
  private readonly waiting = new Set<number>();
  private readonly active = new Map<string, EngineRun>();
  private readonly queue: Queue;
  private readonly cancelled = new Set<string>();
  private watcher: Watcher | undefined;

  constructor(options: LocalOptions) {
    this.options = options;
    this.queue = new Queue(options.places, (at) => void this.work(at));
  }

  async submit(runs: readonly Submission[]): Promise<void> {
    for (const run of runs) {
      const at = this.runs.push(run) - 1;
      this.waiting.add(at);
      this.queue.add(at);
    }
  }

  /** What an earlier process had begun ended with it. */
  follow(runs: readonly Submission[]): Promise<void> {
    return this.submit(runs);
  }

  watch(watcher: Watcher): void {
    this.watcher = watcher;
  }

  async cancel(ids: readonly string[] = this.runs.map(({ id }) => id)): Promise<void> {
    const named = new Set(ids);
    for (const at of this.waiting) {
      const { id } = this.at(at);
      if (!named.has(id) || !this.queue.withdraw(at)) continue;
      this.waiting.delete(at);
      this.watcher?.ended(id, { state: 'cancelled', retries: 0 });
    }
    for (const id of named) {
      const run = this.active.get(id);
      if (run === undefined) continue;
      // The second time there is no waiting for the next step.
      if (this.cancelled.has(id)) run.kill();
      else run.cancel();
      this.cancelled.add(id);
    }
  }

  async collect(): Promise<void> {
    // It is where it was done.
  }

  async status(): Promise<ExecutorStatus> {
    const { places, version } = this.options;
    return localStatus(version, places, this.waiting.size, this.active.size);
  }

  async close(): Promise<void> {
    this.queue.close();
    for (const run of this.active.values()) run.kill();
  }

  private at(index: number): Submission {
    const run = this.runs[index];
    if (run === undefined) throw new Error(`no run ${index}`);
    return run;
  }

  private async work(at: number): Promise<void> {
    const { id, folder, run } = this.at(at);
    const { startEngine, sweep } = this.options;
    this.waiting.delete(at);
    try {
      const order = await orderFor(folder, run);
      const host = startEngine(`run ${id}`);
      host.onMalformed((reason) =>
        this.watcher?.warn(`The engine sent something that is not understood: ${reason}`),
      );
      const engine = driveEngine(host, { ...order, ...sharedIn(sweep) }, (message) =>
        this.watcher?.message(id, message),
      );
      this.active.set(id, engine);
      const { state } = await engine.outcome;
      this.active.delete(id);
      this.watcher?.ended(id, { state, retries: 0 });
    } catch (error) {
      this.active.delete(id);
      this.watcher?.ended(id, { state: 'failed', problem: toProblem(error), retries: 0 });
    } finally {
      this.queue.release(at);
    }
  }
}
