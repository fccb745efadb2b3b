import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';

/**
 * A utility process as Electron has it, played by a child process: it has an id only when it has come up, its messages end before
 * its exit is told, right after that all listeners of its stderr are dropped though words are still on their way, and why it ended
 * is told by the app.
 */
export function fakeUtility(app: EventEmitter, entry: string, { serviceName }: { serviceName: string }) {
  const child = fork(entry, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  const stderr = new PassThrough();
  const words: Buffer[] = [];
  const utility = Object.assign(new EventEmitter(), {
    pid: undefined as number | undefined,
    stderr,
    postMessage: (message: object) => void (child.connected && child.send(message)),
    kill: () => utility.pid !== undefined && child.kill(),
  });
  child.stderr?.on('data', (chunk: Buffer) => words.push(chunk));
  child.on('message', (message) => utility.emit('message', message));
  // Long enough for whoever started it to have changed his mind.
  child.once('spawn', () =>
    setTimeout(() => {
      utility.pid = child.pid;
      utility.emit('spawn');
    }, 20),
  );
  // 'close' comes when everything that was said has been read.
  child.once('close', (code, signal) => {
    const exitCode = signal === null ? (code ?? 0) : constants.signals[signal];
    const reason =
      signal === 'SIGKILL'
        ? 'killed'
        : signal !== null
          ? 'crashed'
          : exitCode === 0
            ? 'clean-exit'
            : 'abnormal-exit';
    utility.pid = undefined;
    utility.removeAllListeners('message');
    app.emit('child-process-gone', {}, { type: 'Utility', name: serviceName, reason, exitCode });
    utility.emit('exit', exitCode);
    stderr.removeAllListeners();
    setTimeout(() => stderr.end(Buffer.concat(words)), 20);
  });
  return utility;
}
