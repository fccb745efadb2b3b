import { inputError } from '../../../contract/errors.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { thingsOf } from '../../../words/amounts.ts';
import { formatShare } from '../../../words/format.ts';
import { unitsOfGroup } from '../../../words/groups.ts';
import type { Network } from '../../network/graph.ts';
import { isNear, NEAR } from '../budgets/fit.ts';
import { standingOf } from '../excluded.ts';
import { byPlace, Keeper } from '../keeper.ts';
import { unitsOf } from '../select.ts';
import type { Selection } from '../selection.ts';
import { intentOf } from './intent.ts';

/** How many of what stays are named. */
const NAMED = 3;

/**
 * Refuses a budget that the network cannot meet however its channels are scored: more would have to leave than can, or channels
 * are so few that no number of them comes near.
 * @throws EspalierError saying what can be reached and what stands in its way
 */
export function refuseUnreachable(recipe: Recipe, base: Network): void {
  const { selection, target, free, fusing } = intentOf(recipe, base);
  // How far fusions come was asked when they were counted.
  if (fusing !== null) return;
  const term = selection.measure ?? 'sparsity';
  const units = unitsOf(base, selection);
  if (selection.measure !== undefined && units.without === undefined) {
    throw inputError(
      'recipe/budget',
      `Nothing that ${recipe.paradigm} prunes can leave ${base.name}, and the budget is of its ${thingsOf(term)}.`,
      { field: `budget.${term}`, remedy: "Choose the structure 'channel', or ask for a sparsity." },
    );
  }
  if (free) return;
  const { groups } = units;
  const keeper = new Keeper({ network: base, units, selection, base, before: groups });
  if (keeper.amount === undefined) return;
  const whole = keeper.amount.before;
  const limit = (1 - target) * whole;
  // Whatever the scores will be, these widths can then be had.
  const scores = byPlace(new Map(groups.map((group) => [group.name, new Float64Array(group.units)])));
  const amountAt = (sparsity: number) => keeper.fit(scores, sparsity)?.amount ?? whole;
  // A sparsity whose widths have to be found counts channels.
  const things = thingsOf(selection.measure ?? 'channels');
  const share = (amount: number) => `${formatShare(amount / whole)} of the ${things}`;
  const asks = (amount: number, more = '') =>
    term === 'sparsity'
      ? `Set budget.sparsity to ${Number((1 - amount / whole).toFixed(4))}${more && ' or less'}`
      : `Ask for ${more}${formatShare(amount / whole)}`;
  const others = otherwise(selection);
  const least = amountAt(1);
  if (least > limit * (1 + NEAR)) {
    throw inputError(
      'budget/unreachable',
      `${base.name} keeps at least ${share(least)}, and the budget asks for ${share(limit)}.${whatStays(base, selection)}`,
      {
        field: `budget.${term}`,
        remedy:
          least < whole
            ? `${asks(least, 'more than ')}${others}.`
            : 'Exclude less of it, or choose a network whose channels can leave.',
      },
    );
  }
  const amount = amountAt(target);
  if (isNear(amount, limit)) return;
  throw inputError(
    'budget/coarse',
    `${base.name} has so few channels that ${share(amount)} is the nearest to ${share(limit)} that it can keep.`,
    { field: `budget.${term}`, remedy: `${asks(amount)}${others}.` },
  );
}

/** What else of a recipe stands in a budget's way, as the end of a remedy. */
function otherwise({ cap, structure }: Selection): string {
  const others = [
    ...(cap === undefined ? [] : ['raise prune.cap']),
    ...(structure?.multiple === undefined ? [] : ['lower prune.structure.multiple']),
  ];
  return others.map((other) => `, or ${other}`).join('');
}

/** ' What cannot leave: 'fc' (10 units): ...', a person's own choices first. */
function whatStays(base: Network, { exclude, structure = {} }: Selection): string {
  const { chosen, held: others } = standingOf(base, exclude, structure);
  const held = [chosen, others].flatMap((some) =>
    some.toSorted((a, b) => b.components.length - a.components.length),
  );
  const named = held
    .slice(0, NAMED)
    .map(
      ({ name, unit, components, reasons }) =>
        `'${name}' (${unitsOfGroup(unit, components.length)}): ${reasons[0]?.text ?? ''}`,
    );
  const more = held.length > NAMED ? ` And ${held.length - NAMED} more, see espalier inspect --groups.` : '';
  return named.length === 0 ? '' : ` What cannot leave: ${named.join(' ')}${more}`;
}
