import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliContext } from './cli/context.ts';
import { runCli } from './cli/program.ts';
import { describeProblem } from './contract/errors.ts';
import { childHost } from './jobs/child-host.ts';
import { machineProblem } from './jobs/machine.ts';

/** The entry of `espalier`: the real world as the command line's context. */

const here = import.meta.dirname;
const built = !import.meta.filename.endsWith('.ts');
const root = built ? join(here, '..', '..') : join(here, '..');
const entry = built ? join(here, 'engine.js') : join(here, 'engine', 'process', 'entry.ts');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

const context: CliContext = {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  root,
  version,
  startEngine: () => childHost(entry),
  onInterrupt(listener) {
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
    return () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    };
  },
};

const unsupported = machineProblem();
if (unsupported !== null) {
  process.stderr.write(`${describeProblem(unsupported)}\n`);
  process.exit(1);
}
// Native libraries may keep threads alive; what was written to a pipe is flushed before the process ends.
const code = await runCli(process.argv.slice(2), context);
process.exitCode = code;
