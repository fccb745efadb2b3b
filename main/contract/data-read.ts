import { z } from 'zod';

/**
 * What was read: everything about a source that a person would want to know before believing a number made from it. Readers make
 * it; `inspect`, `--dry-run`, the wizard's data step and the report show it.
 */

const columnReadSchema = z.object({
  name: z.string(),
  use: z.enum(['number', 'category', 'label']),
  /** Features that it became; 0 for the label. */
  features: z.number().int().nonnegative(),
  /** Different values, missing ones not counted. */
  values: z.number().int().nonnegative(),
  /** Cells that are missing. */
  missing: z.number().int().nonnegative(),
  /** How its cells were read, where that is not plain: 'decimal comma', 'percent'. Empty where there is nothing to say. */
  note: z.string(),
});
export type ColumnRead = z.infer<typeof columnReadSchema>;

export const dataReadSchema = z.object({
  /** Files (or images, or arrays) that were read, by kind. */
  files: z.array(z.object({ kind: z.string(), count: z.number().int().positive() })),
  /** What lies in the source and was not read, why, and the first few names. */
  leftOut: z.array(
    z.object({ why: z.string(), count: z.number().int().positive(), examples: z.array(z.string()) }),
  ),
  /** Facts in pairs of words: 'Encoding' and 'UTF-8'. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Columns of a table, at most 100: the label first, then those with something to say. */
  columns: z.array(columnReadSchema),
  /** The first rows of a table as its file has them, at most 8 of 12 columns; absent for other data. */
  head: z
    .object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())), left: z.number().int() })
    .optional(),
  /** What may be wrong with the data, and what to do about it. */
  problems: z.array(z.object({ text: z.string(), remedy: z.string() })),
});
export type DataRead = z.infer<typeof dataReadSchema>;
