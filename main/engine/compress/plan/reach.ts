import { inputError } from '../../../contract/errors.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import { thingsOf } from '../../../words/amounts.ts';
import { formatShare } from '../../../words/format.ts';
import { unitsOfGroup } from '../../../words/groups.ts';
import type { MaskSet, Network } from '../../network/graph.ts';
import { fitKept, NEAR } from '../budgets/fit.ts';
import { countedOf } from '../budgets/index.ts';
import { keepBest } from '../cutoff.ts';
import { standingOf } from '../excluded.ts';
import { protectLayers } from '../scopes/protect.ts';
import { scopes } from '../scopes/index.ts';
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
  const { selection, target, free } = intentOf(recipe, base);
  const kind = selection.measure;
  if (kind === undefined) return;
  const things = thingsOf(kind);
  const { groups, without } = unitsOf(base, selection);
  if (without === undefined) {
    throw inputError(
      'recipe/budget',
      `Nothing that ${recipe.paradigm} prunes can leave ${base.name}, and the budget is of its ${things}.`,
      { field: `budget.${kind}`, remedy: "Choose the structure 'channel', or ask for a sparsity." },
    );
  }
  if (free) return;
  const of = (network: Network) => countedOf(kind).of({ network, masks: new Map() });
  const whole = of(base);
  const amountOf = (kept: MaskSet) => of(without(kept));
  const limit = (1 - target) * whole;
  const least = amountOf(
    new Map(
      groups.map(({ name, units }) => [
        name,
        Uint8Array.from({ length: units }, (_, i) => (i === 0 ? 1 : 0)),
      ]),
    ),
  );
  const share = (amount: number) => `${formatShare(amount / whole)} of the ${things}`;
  if (least > limit * (1 + NEAR)) {
    throw inputError(
      'budget/unreachable',
      `${base.name} keeps at least ${share(least)}, and the budget asks for ${share(limit)}.${whatStays(base, selection)}`,
      { field: `budget.${kind}`, remedy: `Ask for more than ${formatShare(least / whole)}.` },
    );
  }
  const scores = new Map(
    groups.map(({ name, units }) => [name, Float64Array.from({ length: units }, (_, i) => -i / units)]),
  );
  const select = (part: number): MaskSet => {
    const pools = scopes.get(selection.scope).share(groups, part, base, selection.shares);
    const kept = keepBest(groups, pools, scores);
    protectLayers(kept, scores);
    return kept;
  };
  const { amount } = fitKept(select, amountOf, limit, scores);
  if (Math.abs(amount / limit - 1) <= NEAR) return;
  throw inputError(
    'budget/coarse',
    `${base.name} has so few channels that ${share(amount)} is the nearest to ${share(limit)} that it can keep.`,
    { field: `budget.${kind}`, remedy: `Ask for ${formatShare(amount / whole)}.` },
  );
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
