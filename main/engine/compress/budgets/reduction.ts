import { shareKept, type Budget } from '../../../contract/amount.ts';
import type { Network } from '../../network/graph.ts';
import { countedKind, leadingTerm, limitOf, refuseWhole, wholeOf } from './terms.ts';

/** What stands for a share that is not known: that of a number while no network is there, and that of a budget which is measured. */
const UNKNOWN = 0.5;

/**
 * The share that must go of what a budget's leading term is of, in [0, 1).
 * @param base the network as it came; without it a number that may stay is taken for half
 * @throws EspalierError when the network has no more than may stay
 */
export function reductionOf(budget: Budget, base?: Network): number {
  const term = leadingTerm(budget);
  const kind = term && countedKind(term);
  if (term === undefined || kind === undefined) return UNKNOWN;
  if (term.kind === 'sparsity') return term.value;
  const share = shareKept(term);
  if (share !== undefined) return 1 - share;
  if (base === undefined) return UNKNOWN;
  const before = wholeOf(kind, base);
  refuseWhole(term, before, base.name);
  return 1 - limitOf(term, before) / before;
}
