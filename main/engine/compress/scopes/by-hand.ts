import { inputError } from '../../../contract/errors.ts';
import type { Network } from '../../network/graph.ts';
import { costOf, type UnitGroup } from '../structures/structure.ts';
import type { Pool, Scope, Shares } from './scope.ts';
import { poolsByDensity } from './erk.ts';
import { densityOnTheWay, refuseOtherBudget } from './given.ts';

type ByHand = Required<Pick<Shares, 'layers' | 'target'>>;

export const byHandScope: Scope = {
  id: 'by-hand',
  label: 'By hand',
  summary:
    'Named layers get the sparsity that the recipe gives them; the others share the rest of the budget.',
  takes: {
    field: 'layers',
    words: 'sparsities of single layers',
    needed: 'Give them by parameter, as in `layers: {fc1.weight: 0.95}`.',
  },
  share(groups, sparsity, network, { layers = {}, target } = { target: sparsity }) {
    const byHand = { layers, target };
    refuseUnknown(groups, network, byHand);
    const named = groups.filter(({ name }) => name in byHand.layers);
    const others = groups.filter(({ name }) => !(name in byHand.layers));
    const densities = named.map(({ name }) => densityOnTheWay(1 - (layers[name] ?? 0), sparsity, target));
    const pools = poolsByDensity(named, densities);
    return [...pools, { groups: others, keep: restOf(groups, others, pools, sparsity, byHand) }];
  },
};

/** How much of the layers without a sparsity of their own is kept. */
function restOf(
  groups: readonly UnitGroup[],
  others: readonly UnitGroup[],
  named: readonly Pool[],
  sparsity: number,
  { target }: ByHand,
): number {
  const total = sum(groups.map(costOf));
  const free = sum(others.map(costOf));
  const kept = sum(named.map(({ keep }) => keep));
  const rest = Math.round((1 - sparsity) * total) - kept;
  if (free === 0) {
    if (sparsity === target) refuseOtherBudget('layers', 1 - kept / total, target, 'leave a layer out');
    return 0;
  }
  if (sparsity === target && (rest < 0 || rest > free)) {
    const why = rest < 0 ? 'keep more than the budget allows' : 'prune more than the budget asks for';
    throw inputError(
      'prune/layers',
      `The sparsities of prune.layers ${why}, whatever becomes of the other layers.`,
      {
        field: 'prune.layers',
        remedy: 'Change the sparsities of the layers, or the budget.',
      },
    );
  }
  return Math.min(free, Math.max(0, rest));
}

function refuseUnknown(groups: readonly UnitGroup[], network: Network, { layers }: ByHand): void {
  const names = groups.map(({ name }) => name);
  const unknown = Object.keys(layers).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw inputError(
    'prune/unknown-parameter',
    `'${unknown}' is no parameter of ${network.name} to be pruned.`,
    {
      field: 'prune.layers',
      remedy: `Choose among: ${names.join(', ')}.`,
    },
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
