import { setTimeout as delay } from 'node:timers/promises';
import { logFacts, logKindOf, type LogKind } from '../../../contract/logs.ts';
import { toProblem } from '../../../contract/errors.ts';
import type { EngineMessage } from '../../../contract/messages.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { Report } from '../../../contract/report.ts';
import type { MetricPoint } from '../../../contract/run.ts';
import { logWriterOf } from './index.ts';
import type { LogEnd, LoggedRun, RunLog, TimedPoint } from './log.ts';
import { TimedPoints } from './timed-points.ts';

/** Milliseconds that logs get where a run is cancelled or fails. */
const LAST_WORDS = 5000;

export interface RunLogsOptions {
  readonly recipe: Recipe;
  readonly name: string;
  readonly folder: string;
  /** See `LoggedRun`. */
  readonly shared: string;
  readonly tell: LoggedRun['tell'];
  /** Go on with logs that an earlier process of the run began; else they are begun. */
  readonly resume: boolean;
  /** What was measured up to where the run goes on. */
  readonly history: readonly MetricPoint[];
  /** When what has no time of its own was measured, in milliseconds since 1970; now if left out. */
  readonly at?: number;
}

interface OpenLog {
  readonly kind: LogKind;
  readonly log: RunLog;
  /** Settles when all that was given to it so far is written. */
  done: Promise<void>;
  failed: boolean;
}

/**
 * The logs that a recipe asks for. They are written beside the run: a log that fails is given up with a warning, and the run goes on.
 */
export class RunLogs {
  private readonly options: RunLogsOptions;
  private readonly points: TimedPoints;
  private readonly open: readonly OpenLog[];
  private keeping: Promise<void> = Promise.resolve();
  private keeps = true;

  /** @throws EspalierError where a log is asked for in a way that cannot be done */
  static async open(options: RunLogsOptions): Promise<RunLogs> {
    const { recipe, history, at = Date.now() } = options;
    const specs = recipe.logs ?? [];
    const points = new TimedPoints(options.folder);
    if (specs.length === 0) return new RunLogs(options, points, []);
    const kept = await points.keep(history, at);
    const startedAt = kept[0]?.at ?? at;
    const open: OpenLog[] = [];
    for (const spec of specs) {
      const kind = logKindOf(spec);
      const log = await logWriterOf(kind).open({ ...options, spec, startedAt }, kept);
      open.push({ kind, log, done: Promise.resolve(), failed: false });
    }
    return new RunLogs(options, points, open);
  }

  private constructor(options: RunLogsOptions, points: TimedPoints, open: readonly OpenLog[]) {
    this.options = options;
    this.points = points;
    this.open = open;
  }

  /** Takes what is to be logged out of what the run tells. */
  hear(message: EngineMessage): void {
    if (message.type === 'metrics') this.add(message.points);
  }

  /** Measurements of now. */
  add(measured: readonly MetricPoint[]): void {
    if (measured.length === 0 || this.open.length === 0) return;
    const at = Date.now();
    const points: TimedPoint[] = measured.map((point) => ({ ...point, at }));
    this.keeping = this.keeping
      .then(() => (this.keeps ? this.points.add(points) : undefined))
      .catch((error: unknown) => {
        this.complain('The times of what is measured', error);
        this.keeps = false;
      });
    this.each((log) => log.points(points));
  }

  /** Settles when all logs are whole. */
  async finish(report: Report): Promise<void> {
    this.each((log) => log.finish(report));
    await this.settled();
  }

  async end(how: LogEnd): Promise<void> {
    this.each((log) => log.end(how));
    // Whoever ends a run waits no longer than that for it.
    await Promise.race([this.settled(), delay(LAST_WORDS, undefined, { ref: false })]);
  }

  private each(work: (log: RunLog) => Promise<void>): void {
    for (const one of this.open) {
      one.done = one.done
        .then(() => (one.failed ? undefined : work(one.log)))
        .catch((error: unknown) => {
          one.failed = true;
          this.complain(`The log for ${logFacts[one.kind].label}`, error);
        });
    }
  }

  private async settled(): Promise<void> {
    await Promise.all([this.keeping, ...this.open.map(({ done }) => done)]);
  }

  private complain(what: string, error: unknown): void {
    const { message, file, remedy = '' } = toProblem(error);
    this.options.tell(
      'warning',
      `${what} is given up: ${message}${file === undefined ? '' : ` (${file})`} ${remedy}${remedy === '' ? '' : ' '}The run itself goes on; \`espalier log\` writes the logs of a finished run again.`,
    );
  }
}
