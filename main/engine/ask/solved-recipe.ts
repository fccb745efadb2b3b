import { termsOf } from '../../contract/amount.ts';
import { inputError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Sensitivity } from '../../contract/sensitivity.ts';
import { thingsOf } from '../../words/amounts.ts';
import { budgets, countedOf } from '../compress/budgets/index.ts';
import { paradigms } from '../compress/paradigms/index.ts';
import { intentOf } from '../compress/plan/intent.ts';
import { unitsOf } from '../compress/select.ts';
import { bestShares } from '../compress/solve/shares.ts';
import { costOf, type UnitGroup } from '../compress/structures/structure.ts';
import type { MaskSet, Network } from '../network/graph.ts';
import { NO_BOUNDS, withinBounds, type ShareBounds } from './share-bounds.ts';

/** A recipe with a share for every layer or group, and what is predicted of it. */
export interface SolvedRecipe {
  readonly recipe: Recipe;
  readonly shares: ReadonlyMap<string, number>;
  /** The rise of the loss without training, if what groups lose adds up. */
  readonly loss: number;
  /** No shares that meet the budget are predicted to lose less. */
  readonly bound: number;
}

/**
 * The recipe with the shares a layer that meet its budget at the least loss that its sensitivity predicts: `prune.layers`, and
 * as budget the sparsity that they come to.
 * @param bounds what may and must go of layers; the recipe's cap (`prune.cap`) stands where these have none for all
 * @throws EspalierError where nothing that was measured meets the budget within the bounds
 */
export function solvedRecipe(
  recipe: Recipe,
  network: Network,
  sensitivity: Sensitivity,
  bounds: ShareBounds = NO_BOUNDS,
): SolvedRecipe {
  refuseOthers(recipe.budget);
  refuseSearching(recipe);
  const { selection, target } = intentOf(recipe, network);
  const { measure = 'sparsity' } = selection;
  const { groups, without } = unitsOf(network, selection);
  const leftOf = (shares: ReadonlyMap<string, number>) => groups.map((group) => keptOf(group, shares));
  const total = groups.reduce((sum, group) => sum + costOf(group), 0);
  const counted = (shares: ReadonlyMap<string, number>) =>
    leftOf(shares).reduce((sum, kept, i) => {
      const group = groups[i];
      return group === undefined ? sum : sum + (kept / group.units) * costOf(group);
    }, 0);
  const amountOf = (shares: ReadonlyMap<string, number>): number => {
    if (measure === 'sparsity' || without === undefined) return counted(shares);
    const kept = leftOf(shares);
    const masks: MaskSet = new Map(
      groups.map(({ name, units }, g) => [name, new Uint8Array(units).fill(1, 0, kept[g])]),
    );
    return countedOf(measure).of({ network: without(masks), masks: new Map() });
  };
  const { cap: usual, scope: _scope, ...prune } = recipe.prune;
  const cap = { ...bounds.cap, every: bounds.cap.every ?? usual };
  const within = withinBounds({ ...bounds, cap }, groups);
  const allowed = (name: string, share: number) => {
    const group = groups.find((one) => one.name === name);
    return group === undefined || within(group, keptOf(group, new Map([[name, share]])));
  };
  const found = bestShares(sensitivity, amountOf, (1 - target) * amountOf(new Map()), allowed);
  if (found === undefined) {
    throw inputError(
      'sensitivity/unreachable',
      `No shares that were measured meet the budget of ${thingsOf(measure)}.`,
      {
        field: 'budget',
        remedy: 'Measure larger shares with --shares, raise the caps of layers, or ask for less.',
      },
    );
  }
  // One layer is left out: the rest of the budget is its share, to the last unit.
  const [last] = groups.toSorted((a, b) => costOf(b) - costOf(a));
  const layers = Object.fromEntries([...found.shares].filter(([name]) => name !== last?.name));
  const { accuracyDrop, time } = recipe.budget;
  const limits = { ...(accuracyDrop !== undefined && { accuracyDrop }), ...(time !== undefined && { time }) };
  const sparsity = Math.min(0.9999, 1 - counted(found.shares) / total);
  return {
    recipe: { ...recipe, prune: { ...prune, layers }, budget: { sparsity, ...limits } },
    shares: found.shares,
    loss: found.loss,
    bound: found.bound,
  };
}

/** Shares are solved for one amount that can be counted; what is asked besides would be lost. */
function refuseOthers(budget: Recipe['budget']): void {
  const terms = termsOf(budget);
  const [term] = terms;
  if (terms.length === 1 && term !== undefined && 'of' in budgets.get(term.kind)) return;
  const words = terms.map(({ kind }) => thingsOf(kind)).join(', ');
  throw inputError(
    'sensitivity/amount',
    `Shares are solved for one amount that can be counted, and the budget is of ${words === '' ? 'accuracy alone' : words}.`,
    { field: 'budget', remedy: 'Ask for a sparsity, parameters, MACs, channels or memory alone.' },
  );
}

/** What a method finds by itself cannot be given to it. */
function refuseSearching({ paradigm }: Recipe): void {
  if (paradigms.get(paradigm).point.search === undefined) return;
  throw inputError('sensitivity/searched', `${paradigm} searches for the share of every layer by itself.`, {
    field: 'paradigm',
    remedy:
      "Choose another paradigm, such as 'magnitude-one-shot', or let the solver search: prune.search.rivals: [solver].",
  });
}

/** Units of a group that stay; at least one. */
function keptOf({ name, units }: UnitGroup, shares: ReadonlyMap<string, number>): number {
  return Math.max(1, Math.round((1 - (shares.get(name) ?? 0)) * units));
}
