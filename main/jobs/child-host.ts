import { fork } from 'node:child_process';
import type { EngineHost } from './host.ts';
import { answerProbes } from './probe.ts';
import { receiver } from './wire.ts';

/** After a process's exit, its last messages and words are waited for this long; a grandchild may hold the pipes open. */
const drainMs = 1_000;

/** Starts the engine's entry file in a child process of Node.js. */
export function childHost(entry: string): EngineHost {
  const wire = receiver();
  // 'advanced' is structured clone, as Electron's utility processes have it: undefined and typed arrays survive.
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  child.on('message', (message) => wire.receive(message));
  child.stderr?.on('data', (chunk: Buffer) => wire.receiveStderr(chunk));
  child.on('exit', (code, signal) => {
    const end = () => wire.end(code, signal);
    child.once('close', end);
    setTimeout(end, drainMs).unref();
  });
  child.on('error', (error) => {
    wire.receiveStderr(Buffer.from(`${error.message}\n`));
    // Where the process never came to be, no exit follows.
    if (child.pid === undefined) wire.end(null, null);
  });
  const host: EngineHost = {
    post(message) {
      // A process that has just died is reported by its exit; the error of this one message adds nothing.
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: wire.onMessage,
    onMalformed: wire.onMalformed,
    onExit: wire.onExit,
    kill: () => void child.kill('SIGKILL'),
  };
  return answerProbes(host, () => childHost(entry));
}
