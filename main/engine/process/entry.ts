import { describeProblem, toProblem } from '../../contract/errors.ts';
import {
  hostMessageSchema,
  type EngineMessage,
  type HostMessage,
  type ProviderName,
} from '../../contract/messages.ts';
import { keepPrivate } from '../../files/private.ts';
import { CancelledError, Control } from '../base/control.ts';
import { relocate } from '../data/files/place.ts';
import { connectHost } from './host-port.ts';
import { answer } from './queries.ts';
import { runSession } from '../run/session.ts';
import { workOnStudy } from './study-work.ts';
import { versions } from '../base/versions.ts';

/**
 * The engine's process: one run, one study or one question, then the end. Exit codes: 0 finished, cancelled or answered; 1 failed, and
 * said why. Anything else is a crash.
 */

const HEARTBEAT_MS = 2000;

const port = connectHost(receive);
const send = (message: EngineMessage): void => port.send(message);
const control = new Control((paused) => send({ type: 'state', state: paused ? 'paused' : 'running' }));
let started = false;
const probes = new Map<ProviderName, (problem: string | null) => void>();

// Electron only warns of a rejection that nobody handles, and the run would hang; Node ends the process, which is the end of a run
// that can be resumed.
process.on('unhandledRejection', (error) => {
  throw error;
});

send({ type: 'ready', versions: versions() });
setInterval(() => send({ type: 'heartbeat' }), HEARTBEAT_MS).unref();

function receive(raw: unknown): void {
  const parsed = hostMessageSchema.safeParse(raw);
  if (!parsed.success) {
    send({
      type: 'log',
      level: 'warning',
      text: 'A message from the host was not understood and is ignored.',
    });
    return;
  }
  const message = parsed.data;
  switch (message.type) {
    case 'start':
    case 'study':
    case 'query':
      if (!started) {
        started = true;
        void work(message).then((code) => port.end(code));
      }
      break;
    case 'pause':
      // A pause may last, and nothing is to be lost if the machine is turned off meanwhile.
      control.askCheckpoint();
      control.pause();
      break;
    case 'keep':
      control.askCheckpoint();
      break;
    case 'resume':
      control.resume();
      break;
    case 'cancel':
      control.cancel();
      break;
    case 'probed':
      probes.get(message.provider)?.(message.problem);
      break;
  }
}

/** How far a longer answer is, in the words of a run without stages. */
function tell(fraction: number): void {
  const unknown = { etaSeconds: null, samplesPerSecond: null };
  send({ type: 'progress', progress: { stage: 0, epoch: 0, step: 0, fraction, ...unknown } });
}

/** Has the host try a provider in another process of this one's kind: a driver may hang or end it. */
function probe(provider: ProviderName): Promise<string | null> {
  return new Promise((resolve) => {
    probes.set(provider, resolve);
    send({ type: 'probe', provider });
  });
}

async function work(message: Extract<HostMessage, { type: 'start' | 'study' | 'query' }>): Promise<number> {
  try {
    if (message.type === 'query') {
      send({ type: 'answer', result: await answer(message.query, message.args, { tell, probe }) });
    } else if (message.type === 'study') {
      keepPrivate();
      await workOnStudy(message, control, send);
      send({ type: 'state', state: 'finished' });
    } else {
      if (message.private === true) keepPrivate();
      if (message.places !== undefined) relocate(message.places);
      await runSession({ ...message, probe }, control, send);
      send({ type: 'state', state: 'finished' });
    }
    return 0;
  } catch (error) {
    if (error instanceof CancelledError) {
      send({ type: 'state', state: 'cancelled' });
      return 0;
    }
    const problem = toProblem(error);
    process.stderr.write(
      `${error instanceof Error && problem.code === 'internal/bug' ? error.stack : describeProblem(problem)}\n`,
    );
    send({ type: 'failed', problem });
    return 1;
  }
}
