import { spawn, type ChildProcess } from 'node:child_process';

/** A program at work, and what it has said so far. */
export interface Program {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  /** Its exit status; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts the built command line. */
export function startCli(
  cli: string,
  argv: readonly string[],
  options: {
    cwd: string;
    onText?: (stderr: string) => void;
    env?: NodeJS.ProcessEnv;
    /** What the program is started by: a command line that the program's is put behind. */
    by?: readonly string[];
  },
): Program {
  const [command = '', ...words] = [...(options.by ?? []), process.execPath, cli, ...argv];
  const child = spawn(command, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
    options.onText?.(said.stderr);
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, said, ended };
}
