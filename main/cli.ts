import { join } from 'node:path';
import { processContext } from './cli/process-context.ts';
import { runCli } from './cli/program.ts';
import { describeProblem } from './contract/errors.ts';
import { machineProblem } from './jobs/machine.ts';

/** The entry of `espalier`. */

const here = import.meta.dirname;
const built = !import.meta.filename.endsWith('.ts');
const root = built ? join(here, '..', '..') : join(here, '..');
const entry = built ? join(here, 'engine.js') : join(here, 'engine', 'process', 'entry.ts');

const unsupported = machineProblem();
if (unsupported !== null) {
  process.stderr.write(`${describeProblem(unsupported)}\n`);
  process.exit(1);
}
// Native libraries may keep threads alive; what was written to a pipe is flushed before the process ends.
const code = await runCli(process.argv.slice(2), processContext(root, entry));
process.exitCode = code;
