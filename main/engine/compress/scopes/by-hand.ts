import { inputError } from '../../../contract/errors.ts';
import type { MaskSet, Network } from '../../network/graph.ts';
import type { ScoreSet } from '../criteria/criterion.ts';
import type { ByHand, Scope } from './scope.ts';
import { selectByDensity } from './erk.ts';
import { topK } from './top-k.ts';

/** What the layers' sparsities make together may miss the budget by this much when every layer is named. */
const TOLERANCE = 0.005;

export const byHandScope: Scope = {
  id: 'by-hand',
  label: 'By hand',
  summary:
    'Named layers get the sparsity that the recipe gives them; the others share the rest of the budget.',
  select(scores, sparsity, network, byHand = { layers: {}, target: sparsity }) {
    refuseUnknown(scores, network, byHand);
    const named = new Map([...scores].filter(([name]) => name in byHand.layers));
    const others = new Map([...scores].filter(([name]) => !(name in byHand.layers)));
    const exponent = byHand.target === 0 ? 0 : Math.log(1 - sparsity) / Math.log(1 - byHand.target);
    // On the way, a layer's density is to its own what the network's is to the budget's, round for round.
    const densities = [...named.keys()].map((name) => densityAt(byHand.layers[name] ?? 0, exponent));
    const masks = selectByDensity(named, densities);
    const rest = restOf(scores, others, masks, sparsity, byHand);
    const restMasks = topK([...others.values()], rest);
    [...others.keys()].forEach((name, i) => masks.set(name, restMasks[i] as Uint8Array));
    return new Map([...scores.keys()].map((name) => [name, masks.get(name) as Uint8Array]));
  },
};

function densityAt(sparsity: number, exponent: number): number {
  return (1 - sparsity) ** exponent;
}

/** How many weights of the layers without a sparsity of their own are kept. */
function restOf(
  scores: ScoreSet,
  others: ScoreSet,
  masks: MaskSet,
  sparsity: number,
  { target }: ByHand,
): number {
  const total = sum([...scores.values()].map((part) => part.length));
  const free = sum([...others.values()].map((part) => part.length));
  const kept = sum([...masks.values()].map(sum));
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

function refuseUnknown(scores: ScoreSet, network: Network, { layers }: ByHand): void {
  const unknown = Object.keys(layers).find((name) => !scores.has(name));
  if (unknown === undefined) return;
  throw inputError(
    'prune/unknown-parameter',
    `'${unknown}' is no parameter of ${network.name} to be pruned.`,
    {
      field: 'prune.layers',
      remedy: `Choose among: ${[...scores.keys()].join(', ')}.`,
    },
  );
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
