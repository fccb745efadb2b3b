import type { Int, Vec } from '../kernel.ts';
import { binary, load } from '../kernel.ts';

/** What happens to the sums of a layer before they are stored, in order: functions, and another value added to them. */
export type PostStep = { readonly key: string; readonly apply: (x: Vec) => Vec } | 'add';

/** Name of the parameter that holds the value to add. */
const ADDED = 'added';

export function postKey(post: readonly PostStep[]): string {
  return post.map((step) => (step === 'add' ? 'add' : step.key)).join('_');
}

/** @param at where the other value lies that is added */
export function applyPost(post: readonly PostStep[], sums: Vec, at: Int): Vec {
  return post.reduce<Vec>(
    (x, step) => (step === 'add' ? binary('add', x, load(ADDED, at)) : step.apply(x)),
    sums,
  );
}

/** The parameters that the steps need. */
export function postParams(post: readonly PostStep[]) {
  return post.includes('add') ? [{ name: ADDED, kind: 'read' } as const] : [];
}
