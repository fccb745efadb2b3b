import { describeProblem, runError, toProblem } from '../contract/errors.ts';
import type { Problem } from '../contract/errors.ts';
import type { EngineMessage, HostMessage } from '../contract/messages.ts';
import type { Report } from '../contract/report.ts';
import type { RunState } from '../contract/run.ts';
import { HEARD_AGAIN, silentText } from '../contract/silence.ts';
import type { EngineHost } from './host.ts';
import type { Journal } from './journal.ts';

/** After so many misunderstood messages, further ones are dropped without a word. */
const malformedLogged = 10;

export interface ActiveRunOptions {
  readonly journal: Journal;
  readonly host: EngineHost;
  readonly start: Extract<HostMessage, { type: 'start' }>;
  /** Stores a report and its files. */
  readonly keep: (report: Report) => Promise<void>;
  /** How long a process may take to end after it was told to, in milliseconds; then it is killed. */
  readonly graceMs: number;
  /** Silence after which the log says that nothing is heard, in milliseconds. */
  readonly stallMs: number;
}

/** One run while its process lives: orders go down, messages come up into the journal, and the end is judged. */
export class ActiveRun {
  /** Settles when the process is gone and the run's last state is stored. */
  readonly done: Promise<void>;
  private readonly id: number;
  private readonly options: ActiveRunOptions;
  private ready = false;
  private announced: 'cancelled' | 'finished' | null = null;
  private failure: Problem | null = null;
  private stopped: 'cancelled' | 'interrupted' | null = null;
  private reportKept = false;
  private keeping: Promise<void> = Promise.resolve();
  private malformed = 0;
  private awaiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private lastHeard = Date.now();
  private stalled = false;
  private readonly watch: NodeJS.Timeout;
  private killTimer: NodeJS.Timeout | undefined;

  constructor(id: number, options: ActiveRunOptions) {
    this.id = id;
    this.options = options;
    const { host, stallMs } = options;
    this.watch = setInterval(() => this.listenForSilence(), stallMs / 4);
    this.watch.unref();
    this.done = new Promise((resolve) => {
      host.onExit((code, signal, stderr) => {
        clearInterval(this.watch);
        clearTimeout(this.killTimer);
        // Where the end cannot be stored (a full disk), the row stays active and is marked interrupted at the next start.
        this.end(code, signal, stderr)
          .catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)))
          .finally(resolve);
      });
    });
    host.onMessage((message) => this.guarded(() => this.receive(message)));
    host.onMalformed((reason) => this.guarded(() => this.complain(reason)));
  }

  pause(): void {
    this.options.journal.move(this.id, 'pausing');
    this.options.host.post({ type: 'pause' });
  }

  /**
   * Has a checkpoint written at the next border between steps; settles when it is there.
   * @throws EspalierError 'run/ended' when the process ends before
   */
  checkpoint(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.awaiting.push({ resolve, reject });
    this.options.host.post({ type: 'keep' });
    return promise;
  }

  /** Goes on in place. From `pausing` the process may never say that it paused, so the state is set here. */
  resume(): void {
    const { journal, host } = this.options;
    if (journal.run(this.id).state === 'pausing') journal.move(this.id, 'running');
    host.post({ type: 'resume' });
  }

  cancel(): void {
    this.options.journal.move(this.id, 'cancelling');
    this.stop('cancelled');
  }

  /** Ends the process because the program ends: the run can be resumed later. */
  interrupt(): void {
    this.stop('interrupted');
  }

  private stop(as: 'cancelled' | 'interrupted'): void {
    this.stopped ??= as;
    // Before it is ready there is nothing to save.
    if (!this.ready) return this.options.host.kill();
    this.options.host.post({ type: 'cancel' });
    this.killAfterGrace();
  }

  private killAfterGrace(): void {
    this.killTimer ??= setTimeout(() => this.options.host.kill(), this.options.graceMs);
  }

  /** A failure to write down what was heard (a full disk) ends the run, not the program. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.giveUp(error);
    }
  }

  private giveUp(error: unknown): void {
    this.failure ??= toProblem(error);
    this.options.host.kill();
  }

  private receive(message: EngineMessage): void {
    const { journal } = this.options;
    this.lastHeard = Date.now();
    if (this.stalled) {
      this.stalled = false;
      journal.log(this.id, 'info', HEARD_AGAIN);
    }
    switch (message.type) {
      case 'ready':
        // It was stopped before it came up.
        if (this.stopped !== null) return this.options.host.kill();
        this.ready = true;
        journal.hear(this.id, message);
        this.options.host.post(this.options.start);
        break;
      case 'state':
        this.enter(message.state);
        break;
      case 'plan':
      case 'progress':
      case 'metrics':
      case 'layers':
      case 'log':
        journal.hear(this.id, message);
        break;
      case 'checkpoint':
        journal.hear(this.id, message);
        for (const { resolve } of this.awaiting.splice(0)) resolve();
        break;
      case 'report':
        this.keeping = this.options.keep(message.report).then(
          () => {
            this.reportKept = true;
          },
          (error: unknown) => this.giveUp(error),
        );
        break;
      case 'failed':
        this.failure ??= message.problem;
        this.killAfterGrace();
        break;
      case 'answer':
      case 'study-progress':
      case 'probe':
      case 'heartbeat':
        break;
    }
  }

  private enter(state: Extract<EngineMessage, { type: 'state' }>['state']): void {
    const { journal } = this.options;
    switch (state) {
      case 'preparing':
        break;
      case 'running':
        // While a pause is on its way, the state stays 'pausing' until the process has paused.
        if (journal.run(this.id).state !== 'pausing') journal.moveIfLegal(this.id, 'running');
        break;
      case 'paused':
        journal.moveIfLegal(this.id, 'paused');
        break;
      case 'cancelled':
      case 'finished':
        this.announced = state;
        this.killAfterGrace();
        break;
    }
  }

  private complain(reason: string): void {
    this.malformed++;
    if (this.malformed > malformedLogged) return;
    this.options.journal.log(
      this.id,
      'warning',
      `A message from the run's process was not understood and is ignored. ${reason}`,
    );
  }

  private listenForSilence(): void {
    const { journal, stallMs } = this.options;
    if (this.stalled || Date.now() - this.lastHeard < stallMs) return;
    this.stalled = true;
    const seconds = Math.round(stallMs / 1000);
    this.guarded(() => journal.log(this.id, 'warning', silentText(seconds)));
  }

  private async end(code: number | null, signal: string | null, stderr: string): Promise<void> {
    const { journal } = this.options;
    for (const { reject } of this.awaiting.splice(0))
      reject(
        runError('run/ended', 'The run ended before a checkpoint could be written.', {
          remedy: 'Look at its page for how it ended.',
        }),
      );
    await this.keeping;
    const { state, problem } = this.judge(code, signal);
    if (state === 'failed' || state === 'crashed') {
      if (stderr.trim() !== '') journal.log(this.id, 'error', stderr.trimEnd());
      if (problem !== null) journal.log(this.id, 'error', describeProblem(problem));
    }
    journal.move(this.id, state, { problem, endedAt: new Date().toISOString() });
  }

  /** What the end of the process means. What was reported and kept counts for more than how the process went. */
  private judge(code: number | null, signal: string | null): { state: RunState; problem: Problem | null } {
    if (this.failure === null && this.announced === 'finished') {
      if (this.reportKept) return { state: 'finished', problem: null };
      const message = 'The run ended without a report.';
      return {
        state: 'failed',
        problem: { code: 'run/no-report', message, kind: 'run', remedy: 'Look into its log.' },
      };
    }
    if (this.stopped !== null) return { state: this.stopped, problem: null };
    if (this.failure !== null) return { state: 'failed', problem: this.failure };
    if (this.announced === 'cancelled') return { state: 'cancelled', problem: null };
    return { state: 'crashed', problem: this.crash(code, signal) };
  }

  private crash(code: number | null, signal: string | null): Problem {
    const how = signal ?? (code === null ? 'it could not be started' : `exit code ${code}`);
    const memory =
      signal === 'SIGKILL' || signal === 'out of memory' ? ' The system may have run out of memory.' : '';
    const { checkpoint } = this.options.journal.run(this.id);
    return {
      code: 'run/crashed',
      message: `The run's process ended unexpectedly (${how}).${memory}`,
      kind: 'run',
      remedy:
        checkpoint === null
          ? 'Start it again; its log has the last words of the process.'
          : 'Resume it: it goes on from its last checkpoint.',
    };
  }
}
