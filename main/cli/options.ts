import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { partitionSchema, queueNameSchema } from '../contract/executors.ts';
import { logKindSchema, type LogKind } from '../contract/logs.ts';

/** What every verb takes. */
export interface CommonOptions {
  /** Print the result as JSON. */
  readonly json: boolean;
  /** Print nothing but the result. */
  readonly quiet: boolean;
  /** Overrides the recipe's seed. */
  readonly seed?: number;
  /** A device of `espalier doctor`, or 'auto'. */
  readonly device?: string;
}

/** Adds the options that every verb takes, so that scripts may pass them everywhere alike. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print the result as JSON on stdout', false)
    .option('--seed <n>', "seed of everything random, instead of the recipe's", seed)
    .option('--device <name>', 'what computes: auto, or a device of `espalier doctor`')
    .option('--quiet', 'no progress and no remarks, only the result', false);
}

/** A seed as recipes take it. */
function seed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 4_294_967_295) {
    throw new InvalidArgumentError('A seed is a whole number from 0 to 4294967295.');
  }
  return value;
}

/** A whole number from 1 on, for options such as --threads. */
export function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65_535) {
    throw new InvalidArgumentError('This is a whole number from 1 to 65535.');
  }
  return value;
}

/** Logs for other programs, besides those that the recipe asks for. */
export function logOption(): Option {
  const kinds = logKindSchema.options;
  return new Option(
    '--log <kinds>',
    `log for other programs too: ${kinds.join(', ')}, or several with commas`,
  ).argParser((text: string): LogKind[] =>
    text.split(',').map((word) => {
      const parsed = logKindSchema.safeParse(word.trim());
      if (parsed.success) return parsed.data;
      throw new InvalidArgumentError(`Allowed are ${kinds.join(', ')}.`);
    }),
  );
}

/** The name of a queue on a server. */
export function queueName(text: string): string {
  return named(queueNameSchema, text);
}

/** Partitions of a Slurm cluster. */
export function partitionName(text: string): string {
  return named(partitionSchema, text);
}

function named(schema: typeof queueNameSchema, text: string): string {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'This is no such name.');
}
