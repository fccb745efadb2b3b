import type { ScoreSet } from '../../compress/scores.ts';
import type { Selected } from '../../compress/select.ts';
import type { Selection } from '../../compress/selection.ts';
import { NetworkSpace } from '../../search/network-space.ts';
import type { RunContext } from '../context.ts';

/** The best-scored units of every group, as many as the search before had it keep. */
export function foundWidths(
  { data }: Pick<RunContext, 'data'>,
  selection: Selection,
  scores: ScoreSet,
): Selected {
  const counts = data.widths?.best?.counts;
  if (counts === undefined) throw new Error('a search comes before what it is for');
  return new NetworkSpace(data.model.network, selection, scores, 0).selected(counts);
}
