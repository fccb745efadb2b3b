import { app, utilityProcess } from 'electron';
import type { EngineHost } from '../jobs/host.ts';
import { answerProbes } from '../jobs/probe.ts';
import { receiver } from '../jobs/wire.ts';
import { endOf } from './end.ts';

/** After a process's exit, its last words and the reason of its end are waited for this long. */
const drainMs = 200;

/** A process that has not come up by then could not be started; Electron tells of no exit where a launch failed. */
const launchMs = 15_000;

let started = 0;

/** Starts the engine's entry file in a utility process of Electron. Only after the app is ready. */
export function utilityHost(entry: string, label: string): EngineHost {
  const wire = receiver();
  started += 1;
  // By this name `child-process-gone` tells which one it was.
  const serviceName = `Espalier ${label} (${started})`;
  const child = utilityProcess.fork(entry, [], { serviceName, stdio: ['ignore', 'ignore', 'pipe'] });
  const { stderr } = child;
  let end: ReturnType<typeof endOf> | null = null;
  let spawned = false;
  let doomed = false;

  const finish = () => {
    clearTimeout(launch);
    app.off('child-process-gone', gone);
    wire.end(end?.code ?? null, end?.signal ?? null);
  };
  const gone = (_event: unknown, details: Electron.Details) => {
    if (details.name !== serviceName) return;
    end = endOf(details.reason, details.exitCode);
    setTimeout(finish, drainMs);
  };
  const listen = () => stderr?.on('data', (chunk: Buffer) => wire.receiveStderr(chunk));
  const kill = () => {
    doomed = true;
    // Before it has come up it has no id, and cannot be killed: that is made up for when it has.
    if (wire.ended || !spawned || child.pid === undefined) return;
    try {
      // Electron's own kill asks politely, and a process that hangs does not hear it.
      process.kill(child.pid, 'SIGKILL');
    } catch {
      child.kill();
    }
  };
  const launch = setTimeout(() => {
    doomed = true;
    finish();
  }, launchMs);

  app.on('child-process-gone', gone);
  child.on('message', (message: unknown) => wire.receive(message));
  listen();
  child.on('error', (type, location) => wire.receiveStderr(Buffer.from(`${type} at ${location}\n`)));
  child.on('spawn', () => {
    spawned = true;
    clearTimeout(launch);
    if (doomed) kill();
  });
  child.on('exit', (code) => {
    end ??= endOf('abnormal-exit', code);
    // Electron drops all listeners of stderr right after this event, with what is still to come: nothing flows until then.
    stderr?.pause();
    setImmediate(() => {
      listen();
      stderr?.resume();
    });
    setTimeout(finish, drainMs);
  });

  const host: EngineHost = {
    post: (message) => child.postMessage(message),
    onMessage: wire.onMessage,
    onMalformed: wire.onMalformed,
    onExit: wire.onExit,
    kill,
  };
  return answerProbes(host, (own) => utilityHost(entry, own));
}
