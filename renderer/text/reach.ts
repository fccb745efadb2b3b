import type { Problem } from '../../main/contract/errors.ts';

/** What of a refusal fits on a card: its first sentence. */
export const firstSentence = (text: string): string => /^.*?[.!?](?=\s+\p{Lu}|$)/su.exec(text)?.[0] ?? text;

/** Which methods a budget is out of reach for, and whether it is for all that could be chosen otherwise. */
export interface Reach {
  /** By the methods' ids; empty where all would be among them, as no choice of a method mends that. */
  readonly beyond: ReadonlyMap<string, Problem>;
  /** Why no method comes to the budget; null where some do, or that is not known. */
  readonly none: Problem | null;
}

/**
 * Sorts what is out of reach.
 * @param found a problem or null by method
 * @param possible whether a method could be chosen otherwise
 * @param chosen whose problem stands for those of all
 */
export function reachOf(
  found: ReadonlyMap<string, Problem | null>,
  possible: (id: string) => boolean,
  chosen: string,
): Reach {
  const beyond = new Map([...found].flatMap(([id, problem]) => (problem === null ? [] : [[id, problem]])));
  const choices = [...found.keys()].filter(possible);
  if (choices.some((id) => !beyond.has(id))) return { beyond, none: null };
  const none = beyond.get(chosen) ?? choices.map((id) => beyond.get(id)).find((one) => one !== undefined);
  return { beyond: new Map(), none: none ?? null };
}
