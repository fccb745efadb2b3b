import { join } from 'node:path';
import type { CliContext } from '../../main/cli/context.ts';
import { runCli } from '../../main/cli/program.ts';
import { childHost } from '../../main/jobs/child-host.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
const FAKE_ENGINE = join(import.meta.dirname, 'fake-engine.ts');

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, the engine in a child process. */
export async function cli(
  argv: readonly string[],
  options: {
    cwd?: string;
    entry?: string;
    terminal?: CliContext['terminal'];
    onText?: (stderr: string, interrupt: () => void) => void;
  } = {},
): Promise<Said> {
  let [stdout, stderr] = ['', ''];
  const listeners = new Set<() => void>();
  const interrupt = () => listeners.forEach((listener) => listener());
  const context: CliContext = {
    ...contextOf(
      (text) => (stdout += text),
      (text) => {
        stderr += text;
        options.onText?.(stderr, interrupt);
      },
    ),
    cwd: options.cwd ?? ROOT,
    terminal: options.terminal ?? null,
    startEngine: () => childHost(options.entry ?? FAKE_ENGINE),
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const code = await runCli(argv, context);
  return { code, stdout, stderr };
}

/** A context that starts nothing and is never interrupted. */
export function contextOf(stdout: (text: string) => unknown, stderr: (text: string) => unknown): CliContext {
  return {
    stdout: { write: stdout },
    stderr: { write: stderr },
    terminal: null,
    cwd: ROOT,
    root: ROOT,
    version: '0.0.0',
    startEngine: () => {
      throw new Error('nothing is started here');
    },
    onInterrupt: () => () => undefined,
  };
}
