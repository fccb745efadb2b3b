import type { Problem } from '../../contract/errors.ts';
import type { ExecutorStatus, WorkerFacts } from '../../contract/executors.ts';
import type { EngineMessage } from '../../contract/messages.ts';
import type { RunFile } from '../run-folder.ts';

/** A run to be done. */
export interface Submission {
  /** Names the run within the executor; the same id is never run twice at a time. Letters, digits, points, underscores and hyphens. */
  readonly id: string;
  /** Its folder on this machine, where `collect` leaves what it came to. */
  readonly folder: string;
  readonly run: Omit<RunFile, 'version'>;
}

/** How a run ended. `retries`: how many times it was begun again because a worker or its engine died. */
export type RunEnd = { readonly retries: number } & (
  | { readonly state: 'finished' }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'cancelled' }
);

/** Hears of runs. */
export interface Watcher {
  /** What the run's engine says; of runs elsewhere some may be missing. */
  message(id: string, message: EngineMessage): void;
  /** Once a run. */
  ended(id: string, end: RunEnd): void;
  /** Something went wrong that the executor goes on after. */
  warn(text: string): void;
}

/** Does runs, here or elsewhere: a queue with workers, whose locks, retries and order are its own matter. */
export interface Executor {
  /** Hands runs over. One that is there already, by its id, is not done a second time. */
  submit(runs: readonly Submission[]): Promise<void>;
  /**
   * Takes up runs that an earlier process handed over: tells of those that have ended meanwhile, goes on watching those that have
   * not, and hands over what it does not know.
   */
  follow(runs: readonly Submission[]): Promise<void>;
  /** From now on tells of all submitted runs. One watcher at a time. */
  watch(watcher: Watcher): void;
  /** Ends submitted runs at their next step, those that wait at once: all of them, or these. */
  cancel(ids?: readonly string[]): Promise<void>;
  /** Brings what an ended run left into its folder, and forgets it. */
  collect(id: string): Promise<void>;
  status(): Promise<ExecutorStatus>;
  /** Where others start the program: has one of them try. Tells which one and the version, or null where none is free. */
  tryProgram?(): Promise<Pick<WorkerFacts, 'host' | 'version'> | null>;
  /** Leaves; runs elsewhere go on without. */
  close(): Promise<void>;
}
