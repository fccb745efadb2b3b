import { createHash } from 'node:crypto';

/** Identifies what must not change between a run and its continuation: its recipe, or whatever its tensors depend on. */
export function identityHash(identity: object): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}
