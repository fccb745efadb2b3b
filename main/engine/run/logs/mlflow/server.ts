import type { Report } from '../../../../contract/report.ts';
import type { LogEnd, LoggedRun, RunLog, TimedPoint } from '../log.ts';
import {
  filesOf,
  metricOf,
  noteFor,
  parametersFor,
  resultMetrics,
  tagsFor,
  type KeyValue,
  type Metric,
} from './contents.ts';
import { artifactAddress, AwayError, MlflowServer, type RunStatus } from './rest.ts';
import { writeState, type MlflowState } from './state.ts';
import type { Target } from './target.ts';

/** Limits of a request (mlflow/utils/validation.py). A metric is below 350 bytes of JSON, so that 1000 are within a request's 1 MB. */
const METRICS_PER_REQUEST = 1000;
const VALUES_PER_REQUEST = 100;
/** Milliseconds in which measurements are gathered, and until a server that is away is tried again. */
const GATHER = 1000;
const FIRST_WAIT = 5000;
const LONGEST_WAIT = 60_000;

/**
 * A run on a tracking server. What is measured is gathered and sent beside the run, which never waits for it; what a server that is away
 * has not got is kept, and sent when it answers, when the run goes on, or by `espalier log`.
 */
export class ServerLog implements RunLog {
  private readonly run: LoggedRun;
  private readonly experiment: string;
  private readonly server: MlflowServer;
  private readonly state: MlflowState;
  /** All that was measured, by metric; the state says how many of each have arrived. */
  private readonly metrics = new Map<string, Metric[]>();
  private running = false;
  private away = false;
  private wait = FIRST_WAIT;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  /** @throws EspalierError 'files/...' where what has arrived cannot be noted */
  static async open(
    run: LoggedRun,
    experiment: string,
    target: Extract<Target, { kind: 'server' }>,
    state: MlflowState,
    kept: readonly Metric[],
  ): Promise<ServerLog> {
    await writeState(run.folder, state);
    const log = new ServerLog(run, experiment, target, state);
    log.take(kept);
    run.tell('info', `MLflow: logged on ${target.url}, experiment ${experiment}.`);
    log.later(0);
    return log;
  }

  private constructor(
    run: LoggedRun,
    experiment: string,
    target: Extract<Target, { kind: 'server' }>,
    state: MlflowState,
  ) {
    this.run = run;
    this.experiment = experiment;
    this.server = new MlflowServer(target);
    this.state = state;
  }

  async points(points: readonly TimedPoint[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.take(points.map(metricOf));
    this.later(GATHER);
  }

  async finish(report: Report): Promise<void> {
    this.take(resultMetrics(report, Date.now()));
    await this.conclude('FINISHED', async (id) => {
      await this.server.log(id, { tags: [noteFor(report)] });
      await this.upload(report);
    });
  }

  async end(how: LogEnd): Promise<void> {
    await this.conclude(how === 'failed' ? 'FAILED' : 'KILLED', async () => undefined);
  }

  private take(metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      const of = this.metrics.get(metric.key) ?? [];
      of.push(metric);
      this.metrics.set(metric.key, of);
    }
  }

  /** Sends what there is after some time, unless it is being waited for already. */
  private later(milliseconds: number): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.sending = this.sending.then(() => this.attempt());
      },
      this.away ? this.wait : milliseconds,
    );
    // The run's end sends the rest; nothing waits for this.
    this.timer.unref();
  }

  private async attempt(): Promise<void> {
    if (this.failure !== undefined) return;
    try {
      await this.send();
      if (this.away) this.run.tell('info', `The tracking server ${this.server.url} answers again.`);
      this.away = false;
      this.wait = FIRST_WAIT;
    } catch (error) {
      if (!(error instanceof AwayError)) {
        this.failure = error as Error;
        return;
      }
      if (this.away) this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
      else this.run.tell('warning', `${error.message} What is measured is kept and sent later.`);
      this.away = true;
      this.later(this.wait);
    }
  }

  /** The last that this process sends: what is left of the measurements, what `more` adds, and how the run ended. */
  private async conclude(status: RunStatus, more: (id: string) => Promise<void>): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
    if (this.failure !== undefined) throw this.failure;
    try {
      const id = await this.send();
      await more(id);
      await this.server.mark(id, status, Date.now());
    } catch (error) {
      if (!(error instanceof AwayError)) throw error;
      const left = [...this.metrics.keys()].reduce((sum, key) => sum + this.unsent(key).length, 0);
      this.run.tell(
        'warning',
        `${error.message} ${left} measurements and the end of the run are kept; \`espalier log ${this.run.folder}\` sends them once the run is finished, or the run itself when it goes on.`,
      );
    } finally {
      // Whatever comes after this belongs to another process.
      clearTimeout(this.timer);
    }
  }

  /** Sends what has not arrived yet. Gives the server's name of the run. */
  private async send(): Promise<string> {
    const { state, server } = this;
    const id = state.runId ?? (await this.create());
    if (!this.running) {
      await server.mark(id, 'RUNNING');
      this.running = true;
    }
    if (!state.described) {
      for (const params of chunks(parametersFor(this.run), VALUES_PER_REQUEST))
        await server.log(id, { params });
      await this.note({ described: true });
    }
    const rest = [...this.metrics.keys()].flatMap((key) => this.unsent(key));
    for (const metrics of chunks(rest, METRICS_PER_REQUEST)) {
      await server.log(id, { metrics });
      const sent = { ...state.sent };
      for (const { key } of metrics) sent[key] = (sent[key] ?? 0) + 1;
      await this.note({ sent });
    }
    return id;
  }

  private unsent(key: string): readonly Metric[] {
    return (this.metrics.get(key) ?? []).slice(this.state.sent[key] ?? 0);
  }

  /** Has the server make the run, unless it has made it before and the answer was lost. */
  private async create(): Promise<string> {
    const { run, server, state } = this;
    const experiment = await server.experiment(this.experiment);
    const tag: KeyValue = { key: 'espalier.run', value: state.id };
    const known = state.asked ? await server.find(experiment, tag) : undefined;
    await this.note({ asked: true });
    const made =
      known ?? (await server.create(experiment, run.name, Math.round(run.startedAt), tagsFor(run, state.id)));
    await this.note({ runId: made.run_id, artifactUri: made.artifact_uri });
    return made.run_id;
  }

  private async upload(report: Report): Promise<void> {
    const { server, state, run } = this;
    for (const file of filesOf(run, report)) {
      if (state.files.includes(file.name)) continue;
      const address = artifactAddress(server.url, state.artifactUri, file.name);
      if (address === undefined) {
        run.tell(
          'warning',
          `The run's files stay in ${run.folder}: the tracking server keeps files where only its own programs write (${state.artifactUri.split(':')[0] ?? ''}).`,
        );
        return;
      }
      await server.upload(address, await file.bytes());
      await this.note({ files: [...state.files, file.name] });
    }
  }

  private async note(change: Partial<MlflowState>): Promise<void> {
    Object.assign(this.state, change);
    await writeState(this.run.folder, this.state);
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
