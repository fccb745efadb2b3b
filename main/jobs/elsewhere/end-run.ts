import type { Problem } from '../../contract/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Journal } from '../journal.ts';
import { canMove, isLive } from '../states.ts';

/** How a run that is done elsewhere has ended. */
type End =
  { readonly state: 'finished' | 'cancelled' } | { readonly state: 'failed'; readonly problem: Problem };

/** Notes the end of a run of which not every step was heard: by the steps that the table of states has. Once. */
export function endRun(store: Store, journal: Journal, id: number, end: End): void {
  const { state } = store.runs.get(id);
  if (!isLive(state)) return;
  if (!canMove(state, end.state)) journal.move(id, end.state === 'cancelled' ? 'cancelling' : 'preparing');
  journal.move(id, end.state, {
    problem: end.state === 'failed' ? end.problem : null,
    endedAt: new Date().toISOString(),
  });
}
