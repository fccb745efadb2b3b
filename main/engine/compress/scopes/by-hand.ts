import { inputError } from '../../../contract/errors.ts';
import type { Network } from '../../network/graph.ts';
import { costOf, type UnitGroup } from '../structures/structure.ts';
import type { ByHand, Pool, Scope } from './scope.ts';
import { poolsByDensity } from './erk.ts';

/** What the layers' sparsities make together may miss the budget by this much when every layer is named. */
const TOLERANCE = 0.005;

export const byHandScope: Scope = {
  id: 'by-hand',
  label: 'By hand',
  summary:
    'Named layers get the sparsity that the recipe gives them; the others share the rest of the budget.',
  share(groups, sparsity, network, byHand = { layers: {}, target: sparsity }) {
    refuseUnknown(groups, network, byHand);
    const named = groups.filter(({ name }) => name in byHand.layers);
    const others = groups.filter(({ name }) => !(name in byHand.layers));
    const exponent = byHand.target === 0 ? 0 : Math.log(1 - sparsity) / Math.log(1 - byHand.target);
    // On the way, a layer's density is to its own what the network's is to the budget's, round for round.
    const densities = named.map(({ name }) => densityAt(byHand.layers[name] ?? 0, exponent));
    const pools = poolsByDensity(named, densities);
    return [...pools, { groups: others, keep: restOf(groups, others, pools, sparsity, byHand) }];
  },
};

function densityAt(sparsity: number, exponent: number): number {
  return (1 - sparsity) ** exponent;
}

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
    if (sparsity === target && Math.abs(rest) > TOLERANCE * total) {
      throw mismatch(`make ${percent(1 - kept / total)} overall, and the budget is ${percent(target)}`, {
        remedy: `Set budget.sparsity to ${(1 - kept / total).toFixed(4)}, or leave a layer out.`,
      });
    }
    return 0;
  }
  if (sparsity === target && (rest < 0 || rest > free)) {
    const why = rest < 0 ? 'keep more than the budget allows' : 'prune more than the budget asks for';
    throw mismatch(`${why}, whatever becomes of the other layers`, {
      remedy: 'Change the sparsities of the layers, or the budget.',
    });
  }
  return Math.min(free, Math.max(0, rest));
}

function mismatch(how: string, { remedy }: { remedy: string }): Error {
  return inputError('prune/layers', `The sparsities of prune.layers ${how}.`, {
    field: 'prune.layers',
    remedy,
  });
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

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
