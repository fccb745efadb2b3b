import type { RunState } from '../../main/contract/run.ts';
import { stateLook } from './run-state.ts';

const texts: Partial<Record<RunState, string>> = {
  finished: 'The run has finished.',
  failed: 'The run has failed. Its page says why.',
  crashed: 'The process of the run died. Its page says what can be done.',
};

/**
 * What to tell of a run that has just ended by itself; null where it has not, or a person ended it.
 * @param before the state that it was last seen in
 */
export function endWords(before: RunState | undefined, now: RunState): string | null {
  if (before === undefined || !stateLook(before).live || stateLook(now).live) return null;
  return texts[now] ?? null;
}
