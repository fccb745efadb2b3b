import { shareKept, termOf, type Budget, type Promised } from '../../../contract/amount.ts';
import { inputError } from '../../../contract/errors.ts';
import { formatCount } from '../../../words/format.ts';
import { thingsOf } from '../../../words/amounts.ts';
import type { Network } from '../../network/graph.ts';
import type { Sized } from './budget.ts';
import { budgets } from './index.ts';

/** What a number is taken for while no network is there of which it is a share. */
const UNKNOWN = 0.5;

/**
 * The share that must go of what a budget is of, in [0, 1).
 * @param base the network as it came; without it a number that may stay is taken for half
 * @throws EspalierError when the network has no more than may stay
 */
export function reductionOf(budget: Budget, base?: Network): number {
  const term = termOf(budget);
  if (term.kind === 'sparsity') return term.value;
  const share = shareKept(term);
  if (share !== undefined) return 1 - share;
  if (base === undefined) return UNKNOWN;
  const before = amountOf(budget, { network: base, masks: new Map() });
  if (term.value <= before) return 1 - term.value / before;
  const things = thingsOf(term.kind);
  throw inputError(
    'budget/whole',
    `${base.name} has ${formatCount(before)} ${things}, and the budget keeps ${formatCount(term.value)}.`,
    { field: `budget.${term.kind}`, remedy: `Choose a number below ${formatCount(before)}, or a share.` },
  );
}

/** How much a network has of what a budget is of. */
function amountOf(budget: Budget, model: Sized): number {
  return budgets.get(termOf(budget).kind).of(model);
}

/** What a budget asked for of the network as it came, and what is left of it in another. */
export function promisesOf(budget: Budget, base: Network, model: Sized): Promised[] {
  const before = amountOf(budget, { network: base, masks: new Map() });
  const asked = (1 - reductionOf(budget, base)) * before;
  return [{ kind: termOf(budget).kind, before, asked, after: amountOf(budget, model) }];
}
