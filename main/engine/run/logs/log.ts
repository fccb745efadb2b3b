import type { LogKind, LogSpec } from '../../../contract/logs.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { Report } from '../../../contract/report.ts';
import type { MetricPoint } from '../../../contract/run.ts';

/** Something measured, and when: milliseconds since 1970. */
export interface TimedPoint extends MetricPoint {
  readonly at: number;
}

/** What a log is told of its run. */
export interface LoggedRun {
  readonly spec: LogSpec;
  readonly recipe: Recipe;
  readonly name: string;
  /** The run's folder. */
  readonly folder: string;
  /** Folder for logs that hold several runs: the sweep's, or the run's own. */
  readonly shared: string;
  /** An earlier process of the run has begun the log: the run goes on, or is told of anew. */
  readonly resume: boolean;
  /** When the run began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Tells the person who watches the run. */
  tell(level: 'info' | 'warning', text: string): void;
}

/** How a process of a run ended without a report. */
export type LogEnd = 'cancelled' | 'failed';

/** A log that is being written. Calls come one after another, each when the one before has settled. */
export interface RunLog {
  /** Measurements since the last call. */
  points(points: readonly TimedPoint[]): Promise<void>;
  /** The run is finished; its files lie in its folder. */
  finish(report: Report): Promise<void>;
  /** The process ends before the run does. */
  end(how: LogEnd): Promise<void>;
}

export interface LogWriter {
  readonly kind: LogKind;
  /**
   * Begins the log, or goes on with it.
   * @param kept what was measured up to the checkpoint that the run goes on from; what an earlier log has beyond it is measured anew
   * @throws EspalierError where what was asked for cannot be done at all
   */
  open(run: LoggedRun, kept: readonly TimedPoint[]): Promise<RunLog>;
}
