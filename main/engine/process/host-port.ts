import type { EngineMessage } from '../../contract/messages.ts';

/** The engine's end of the line to its host. */
export interface HostPort {
  send(message: EngineMessage): void;
  /** Ends the process once everything sent is on its way. */
  end(code: number): void;
}

/** What Electron gives a utility process; typed here so that the engine does not depend on Electron. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/**
 * Connects to whoever started this process: Electron's utilityProcess (parentPort) or child_process.fork (process.send).
 * When the host goes away, so does the engine: its last checkpoint is on the disk.
 */
export function connectHost(receive: (message: unknown) => void): HostPort {
  const parent = (process as unknown as { parentPort?: ParentPort }).parentPort;
  if (parent !== undefined) {
    parent.on('message', ({ data }) => receive(data));
    return {
      send: (message) => parent.postMessage(message),
      // Messages are handed to the browser process synchronously; one turn lets the last one leave.
      end: (code) => setTimeout(() => process.exit(code), 50),
    };
  }
  if (process.send === undefined) throw new Error('The engine is started by Espalier, not by hand.');
  process.on('message', receive);
  process.on('disconnect', () => process.exit(0));
  // A terminal's Ctrl-C reaches the whole process group; the host decides what it means.
  process.on('SIGINT', () => undefined);
  let last: Promise<void> = Promise.resolve();
  return {
    send(message) {
      last = new Promise((resolve) => process.send?.(message, () => resolve()));
    },
    end: (code) => void last.then(() => process.exit(code)),
  };
}
