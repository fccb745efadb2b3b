import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '../contract/errors.ts';
import { EspalierError, runError } from '../contract/errors.ts';
import type { HostMessage } from '../contract/messages.ts';
import type { Report } from '../contract/report.ts';
import type { CliContext } from './context.ts';
import type { ProgressView } from './progress.ts';

/** How a run ended, unless it failed. */
export type Outcome =
  { readonly state: 'finished'; readonly report: Report } | { readonly state: 'cancelled' };

/** An engine that was told to end gets this long before it is killed. */
const GRACE_MS = 10_000;
/** Characters of a dead process's stderr that are shown. */
const LAST_WORDS = 2000;

/**
 * Runs an engine in a process of its own until it is done. The first interrupt cancels at the next step, where the engine
 * keeps a checkpoint; the second kills the process.
 * @throws EspalierError when the run failed, or its process died
 */
export async function runEngine(
  context: CliContext,
  start: Extract<HostMessage, { type: 'start' }>,
  view: ProgressView,
): Promise<Outcome> {
  const host = context.startEngine();
  let report: Report | undefined;
  let problem: Problem | undefined;
  let ended: 'finished' | 'cancelled' | undefined;
  let interrupts = 0;
  const exited = new Promise<{ how: string; words: string }>((resolve) => {
    host.onExit((code, signal, stderr) =>
      resolve({ how: signal ?? `exit status ${code}`, words: stderr.trim() }),
    );
  });
  host.onMalformed((reason) =>
    view.say(`Warning: the engine sent something that is not understood: ${reason}`),
  );
  const over = new Promise<void>((resolve) => {
    host.onMessage((message) => {
      view.show(message);
      if (message.type === 'ready') host.post(start);
      if (message.type === 'report') report = message.report;
      if (message.type === 'failed') problem = message.problem;
      if (message.type === 'state' && (message.state === 'finished' || message.state === 'cancelled')) {
        ended = message.state;
      }
      if (ended !== undefined || problem !== undefined) resolve();
    });
  });
  const ignore = context.onInterrupt(() => {
    interrupts++;
    if (interrupts > 1) return host.kill();
    view.say('Cancelling at the next step; the checkpoint is kept. Ctrl-C again ends it at once.');
    host.post({ type: 'cancel' });
  });
  try {
    await Promise.race([
      exited,
      over.then(() => Promise.race([exited, delay(GRACE_MS, undefined, { ref: false })])),
    ]);
    host.kill();
    const { how, words } = await exited;
    if (problem !== undefined) throw new EspalierError(problem);
    if (ended === 'finished' && report !== undefined) return { state: 'finished', report };
    if (ended === 'cancelled' || interrupts > 0) return { state: 'cancelled' };
    const said = words === '' ? '' : ` It said: ${words.slice(-LAST_WORDS)}`;
    throw runError('run/crashed', `The run's process ended unexpectedly (${how}).${said}`, {
      remedy: `Go on from the last checkpoint: espalier resume ${start.folder}`,
    });
  } finally {
    ignore();
    view.close();
  }
}
