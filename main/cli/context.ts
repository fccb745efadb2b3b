import type { Readable, Writable } from 'node:stream';
import type { EngineHost } from '../jobs/host.ts';

/** Where text goes. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** All that the command line touches of the world around it; tests give their own. */
export interface CliContext {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where a person can be asked; null where nobody sits at a terminal. */
  readonly terminal: { readonly input: Readable; readonly output: Writable } | null;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The program's own folder: package.json, resources, the built screens. */
  readonly root: string;
  readonly version: string;
  /** Starts an engine's process. */
  readonly startEngine: () => EngineHost;
  /** Calls back at each Ctrl-C (and SIGTERM) until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

/** What the program's exit status tells scripts. */
export const ExitCode = { done: 0, failed: 1, wrongInput: 2, cancelled: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
