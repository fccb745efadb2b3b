import type { z } from 'zod';
import { runError } from '../contract/errors.ts';

/** Reads a JSON column through its schema. A value that does not fit means that something else wrote to the database. */
export function readJson<T extends z.ZodType>(schema: T, text: string, column: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw runError('store/unreadable', `A value in the database does not have the expected form.`, {
    field: column,
    remedy: 'Remove the run or project it belongs to.',
  });
}

/** The same for a column that may be NULL. */
export function readNullableJson<T extends z.ZodType>(
  schema: T,
  text: string | null,
  column: string,
): z.output<T> | null {
  return text === null ? null : readJson(schema, text, column);
}
