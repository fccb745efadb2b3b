import type { EngineMessage, HostMessage } from '../contract/messages.ts';

/**
 * An engine's process as its owner sees it: a run or a query, in a child process or in Electron's utility process. Listeners
 * are set in the same turn in which the host is made. Messages arrive checked and in order, the exit after all of them.
 */
export interface EngineHost {
  post(message: HostMessage): void;
  onMessage(listener: (message: EngineMessage) => void): void;
  /** A message that does not fit the schema; it is not delivered. */
  onMalformed(listener: (reason: string) => void): void;
  /** The process is gone: its exit code or the signal that ended it, and the end of what it wrote to stderr. */
  onExit(listener: (code: number | null, signal: string | null, stderr: string) => void): void;
  /** Ends the process at once. Nothing happens when it has ended already. */
  kill(): void;
}

/** Starts an engine's process; the label names it for people who look at process lists. */
export type StartEngine = (label: string) => EngineHost;
