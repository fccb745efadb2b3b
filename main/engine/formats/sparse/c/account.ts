import { z } from 'zod';
import { inputError } from '../../../../contract/errors.ts';
import { type Ends, endsSchema } from '../ends.ts';
import type { PlanPort } from '../plan.ts';
import type { Names } from './names.ts';

/** What a file in C says of itself, for those who measure it. */
export interface Account {
  readonly names: Names;
  readonly inputs: readonly PlanPort[];
  readonly outputs: readonly PlanPort[];
  readonly ends: Ends;
  readonly metadata: Readonly<Record<string, string>>;
}

const [BEGIN, END] = ['/* espalier:', ' */'];

const portsSchema = z.array(z.object({ name: z.string(), shape: z.array(z.number().int().positive()) }));
const accountSchema = z.object({
  // These become part of a program.
  names: z.object({ file: z.string().regex(/^[\w-]+$/), prefix: z.string().regex(/^[a-z]\w*$/) }),
  inputs: portsSchema,
  outputs: portsSchema,
  ends: endsSchema,
  metadata: z.record(z.string(), z.string()),
});

/** An account as the comment that stands at the end of a file. */
export function accountComment(account: Account): string {
  // Without stars nothing in it ends the comment.
  return `${BEGIN}${JSON.stringify(account).replaceAll('*', '\\u002a')}${END}\n`;
}

/** @throws EspalierError where a file says nothing of the kind */
export function readAccount(source: string, file: string): Account {
  const from = source.lastIndexOf(BEGIN);
  const to = source.indexOf(END, from);
  try {
    return accountSchema.parse(JSON.parse(source.slice(from + BEGIN.length, to)));
  } catch {
    throw inputError('c/unreadable', 'This is no C that Espalier has written, or it is not whole.', {
      file,
      remedy: 'Give a model.c as a run or `espalier export` has left it.',
    });
  }
}
