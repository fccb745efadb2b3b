import type { CouplingOptions } from '../../../contract/groups.ts';
import type { StructureSpec } from '../../../contract/structure.ts';

/** What of a structure's settings says what leaves together. */
export function couplingOptionsOf({ attention, grouped }: StructureSpec): CouplingOptions {
  return { ...(attention && { attention }), ...(grouped && { grouped }) };
}
