import type { z } from 'zod';
import { pathsIn } from '../contract/paths.ts';
import type { Roots } from '../files/roots.ts';

/**
 * Sees to it that the screens only make the engine read what may be read here: every path that a value of this schema names.
 * @throws EspalierError 'files/outside' or 'files/missing'
 */
export async function checkPaths<T extends z.ZodType>(
  roots: Roots,
  schema: T,
  value: z.output<T>,
): Promise<void> {
  for (const { parts } of pathsIn(schema, value)) await roots.resolve(...parts);
}
