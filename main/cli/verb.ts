import type { Command } from 'commander';
import type { CliContext, ExitCode } from './context.ts';

/** Sets the program's exit status. */
export type Finish = (code: ExitCode) => void;

/** One verb of the command line: one file that exports one of these. */
export type Verb = (program: Command, context: CliContext, finish: Finish) => void;
