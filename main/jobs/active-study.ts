import { runError, type Problem } from '../contract/errors.ts';
import type { EngineMessage, HostMessage } from '../contract/messages.ts';
import type { RunState } from '../contract/run.ts';
import type { StudyChange } from '../store/studies.ts';
import type { EngineHost } from './host.ts';

export interface ActiveStudyOptions {
  readonly host: EngineHost;
  readonly start: Extract<HostMessage, { type: 'study' }>;
  /** Writes down what is new; a step that the table of states does not have is left out. */
  readonly note: (change: StudyChange) => void;
  /** How long a process may take to end after it was told to, in milliseconds; then it is killed. */
  readonly graceMs: number;
}

/** One study while its process lives: orders go down, progress comes up, and the end is judged. */
export class ActiveStudy {
  /** Settles with how it ended when the process is gone. */
  readonly done: Promise<{ state: RunState; problem: Problem | null }>;
  private readonly options: ActiveStudyOptions;
  private ready = false;
  private announced: 'cancelled' | 'finished' | null = null;
  private failure: Problem | null = null;
  private stopped: 'cancelled' | 'interrupted' | null = null;
  private pausing = false;
  private killTimer: NodeJS.Timeout | undefined;

  constructor(options: ActiveStudyOptions) {
    this.options = options;
    this.done = new Promise((resolve) => {
      options.host.onExit((code, signal, stderr) => {
        clearTimeout(this.killTimer);
        resolve(
          this.judge(signal ?? (code === null ? 'it could not be started' : `exit code ${code}`), stderr),
        );
      });
    });
    options.host.onMessage((message) => this.receive(message));
    options.host.onMalformed((reason) => {
      this.failure ??= runError(
        'study/malformed',
        `What the study's process told was not understood. ${reason}`,
      ).problem;
      options.host.kill();
    });
  }

  /** It pauses at the next gate of its step. */
  pause(): void {
    this.pausing = true;
    this.options.note({ state: 'pausing' });
    this.options.host.post({ type: 'pause' });
  }

  /** Goes on in place. From `pausing` the process may never say that it paused, so the state is set here. */
  resume(): void {
    this.pausing = false;
    this.options.note({ state: 'running' });
    this.options.host.post({ type: 'resume' });
  }

  cancel(): void {
    this.options.note({ state: 'cancelling' });
    this.stop('cancelled');
  }

  /** Ends the process because the program ends: the study can be resumed later. */
  interrupt(): void {
    this.stop('interrupted');
  }

  private stop(as: 'cancelled' | 'interrupted'): void {
    this.stopped ??= as;
    if (!this.ready) return this.options.host.kill();
    this.options.host.post({ type: 'cancel' });
    this.killTimer ??= setTimeout(() => this.options.host.kill(), this.options.graceMs);
  }

  private receive(message: EngineMessage): void {
    const { host, note, start } = this.options;
    switch (message.type) {
      case 'ready':
        if (this.stopped !== null) return host.kill();
        this.ready = true;
        host.post(start);
        if (this.pausing) host.post({ type: 'pause' });
        break;
      case 'state':
        if (message.state === 'cancelled' || message.state === 'finished') this.announced = message.state;
        else if (!(message.state === 'running' && this.pausing)) note({ state: message.state });
        break;
      case 'study-progress':
        note({ progress: message.progress });
        break;
      case 'failed':
        this.failure ??= message.problem;
        break;
      case 'plan':
      case 'progress':
      case 'metrics':
      case 'layers':
      case 'log':
      case 'checkpoint':
      case 'report':
      case 'answer':
      case 'probe':
      case 'heartbeat':
        break;
    }
  }

  /** What the end of the process means. */
  private judge(how: string, stderr: string): { state: RunState; problem: Problem | null } {
    if (this.failure === null && this.announced === 'finished') return { state: 'finished', problem: null };
    if (this.stopped !== null) return { state: this.stopped, problem: null };
    if (this.failure !== null) return { state: 'failed', problem: this.failure };
    if (this.announced === 'cancelled') return { state: 'cancelled', problem: null };
    const words = stderr.trim().split('\n').at(-1) ?? '';
    const { problem } = runError(
      'study/crashed',
      `The study's process ended unexpectedly (${how}). ${words}`.trim(),
      {
        remedy: 'Resume it: it goes on with its next step.',
      },
    );
    return { state: 'crashed', problem };
  }
}
