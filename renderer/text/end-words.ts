import type { RunState } from '../../main/contract/run.ts';
import { stateLook } from './run-state.ts';

/** What may end. */
export type Ending = 'run' | 'study';

const texts: Partial<Record<RunState, (what: Ending) => string>> = {
  finished: (what) => `The ${what} has finished.`,
  failed: (what) => `The ${what} has failed. Its page says why.`,
  crashed: (what) => `The process of the ${what} died. Its page says what can be done.`,
};

/**
 * What to tell of a run or a study that has just ended by itself; null where it has not, or a person ended it.
 * @param before the state that it was last seen in
 */
export function endWords(what: Ending, before: RunState | undefined, now: RunState): string | null {
  if (before === undefined || !stateLook(before).live || stateLook(now).live) return null;
  return texts[now]?.(what) ?? null;
}
