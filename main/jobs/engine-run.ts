import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '../contract/errors.ts';
import { EspalierError, runError } from '../contract/errors.ts';
import type { EngineMessage, HostMessage } from '../contract/messages.ts';
import type { Report } from '../contract/report.ts';
import type { EngineHost } from './host.ts';

/** How a run ended, unless it failed. */
export type Outcome =
  { readonly state: 'finished'; readonly report: Report } | { readonly state: 'cancelled' };

export type Start = Extract<HostMessage, { type: 'start' }>;

/** A run in its engine's process, for those who keep no record of its states. */
export interface EngineRun {
  /** Rejects with an EspalierError when the run failed, or its process died ('run/crashed'). */
  readonly outcome: Promise<Outcome>;
  /** Ends the run at the next step, where the engine keeps a checkpoint. */
  cancel(): void;
  /** Ends the process at once. */
  kill(): void;
}

/** An engine that was told to end gets this long before it is killed. */
const GRACE_MS = 10_000;
/** Characters of a dead process's stderr that are shown. */
const LAST_WORDS = 2000;

/** Has an engine's process do a run. `host` is new: its first message has not come yet. */
export function driveEngine(
  host: EngineHost,
  start: Start,
  show: (message: EngineMessage) => void,
): EngineRun {
  let report: Report | undefined;
  let problem: Problem | undefined;
  let ended: 'finished' | 'cancelled' | undefined;
  let stopped = false;
  const exited = new Promise<{ how: string; words: string }>((resolve) => {
    host.onExit((code, signal, stderr) =>
      resolve({ how: signal ?? `exit status ${code}`, words: stderr.trim() }),
    );
  });
  const over = new Promise<void>((resolve) => {
    host.onMessage((message) => {
      show(message);
      if (message.type === 'ready') host.post(start);
      if (message.type === 'report') report = message.report;
      if (message.type === 'failed') problem = message.problem;
      if (message.type === 'state' && (message.state === 'finished' || message.state === 'cancelled')) {
        ended = message.state;
      }
      if (ended !== undefined || problem !== undefined) resolve();
    });
  });
  const judge = async (): Promise<Outcome> => {
    await Promise.race([
      exited,
      over.then(() => Promise.race([exited, delay(GRACE_MS, undefined, { ref: false })])),
    ]);
    host.kill();
    const { how, words } = await exited;
    if (problem !== undefined) throw new EspalierError(problem);
    if (ended === 'finished' && report !== undefined) return { state: 'finished', report };
    if (ended === 'cancelled' || stopped) return { state: 'cancelled' };
    const said = words === '' ? '' : ` It said: ${words.slice(-LAST_WORDS)}`;
    throw runError('run/crashed', `The run's process ended unexpectedly (${how}).${said}`, {
      remedy: `Go on from the last checkpoint: espalier resume ${start.folder}`,
    });
  };
  return {
    outcome: judge(),
    cancel() {
      stopped = true;
      host.post({ type: 'cancel' });
    },
    kill() {
      stopped = true;
      host.kill();
    },
  };
}
