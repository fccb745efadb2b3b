import { utilityProcess } from 'electron';
import type { EngineHost } from '../jobs/host.ts';
import { receiver } from '../jobs/wire.ts';

/** After a process's exit, its last messages and words are waited for this long. */
const drainMs = 200;

/** Starts the engine's entry file in a utility process of Electron. Only after the app is ready. */
export function utilityHost(entry: string, label: string): EngineHost {
  const wire = receiver();
  const child = utilityProcess.fork(entry, [], {
    serviceName: `Espalier ${label}`,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.on('message', (message: unknown) => wire.receive(message));
  child.stderr?.on('data', (chunk: Buffer) => wire.receiveStderr(chunk));
  child.on('error', (type, location) => wire.receiveStderr(Buffer.from(`${type} at ${location}\n`)));
  child.on('exit', (code) => setTimeout(() => wire.end(code, null), drainMs));
  return {
    post: (message) => child.postMessage(message),
    onMessage: wire.onMessage,
    onMalformed: wire.onMalformed,
    onExit: wire.onExit,
    kill() {
      if (wire.ended || child.pid === undefined) return;
      try {
        // Electron's own kill asks politely, and a process that hangs does not hear it.
        process.kill(child.pid, 'SIGKILL');
      } catch {
        child.kill();
      }
    },
  };
}
