import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childHost } from '../jobs/child-host.ts';
import type { CliContext } from './context.ts';

/**
 * The real world as the command line's context.
 * @param root the program's own folder, with package.json
 * @param engine the file that an engine's process runs
 */
export function processContext(root: string, engine: string): CliContext {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    terminal:
      process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : null,
    cwd: process.cwd(),
    root,
    version,
    startEngine: () => childHost(engine),
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
  };
}
