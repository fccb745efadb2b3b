import type { RunState } from '../../main/contract/run.ts';
import { stateLook } from './run-state.ts';

/**
 * What to tell of a run that has just ended by itself; null where it has not, or a person ended it.
 * @param before the state that it was last seen in
 */
export function endWords(before: RunState | undefined, now: RunState): string | null {
  if (before === undefined || !stateLook(before).live || stateLook(now).live) return null;
  switch (now) {
    case 'finished':
      return 'The run has finished.';
    case 'failed':
      return 'The run has failed. Its page says why.';
    case 'crashed':
      return 'The process of the run died. Its page says what can be done.';
    default:
      return null;
  }
}
