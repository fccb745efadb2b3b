import { expect } from 'vitest';
import type { Problem } from '../../main/contract/errors.ts';

/** Matches an `EspalierError` whose problem has these fields. */
export function problemWith(fields: Partial<Problem>): Error {
  const problem: unknown = expect.objectContaining(fields);
  return expect.objectContaining({ problem }) as Error;
}
