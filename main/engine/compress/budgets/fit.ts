import type { MaskSet } from '../../network/graph.ts';
import type { ScoreSet } from '../scores.ts';

/** A budget is met by an amount that is this near to it, as a share of it. */
export const NEAR = 0.02;
/** Halvings of the interval that the share to prune lies in. */
const HALVINGS = 24;
/** Units that are tried one by one to come nearer. */
const TRIES = 200;

/** Units that are kept (1), by group, and how much of what the budget is of they leave. */
export interface Fit {
  readonly kept: MaskSet;
  readonly amount: number;
}

/**
 * Finds what to keep so that the network has as nearly as can be the amount that may be left, where what a unit costs hangs on
 * which others stay. The share to prune that a scope spreads is found by halves, as more pruned never leaves more; then single
 * units come back, the best-scored first, as long as they fit.
 * @param select what a scope keeps when this share is pruned, 0 <= share < 1
 * @param amountOf how much is left of the network with these units
 * @param limit how much may be left
 * @param scores of the units, by group
 */
export function fitKept(
  select: (share: number) => MaskSet,
  amountOf: (kept: MaskSet) => number,
  limit: number,
  scores: ScoreSet,
): Fit {
  const fitAt = (share: number): Fit => {
    const kept = select(share);
    return { kept, amount: amountOf(kept) };
  };
  let above = fitAt(0);
  if (above.amount <= limit) return above;
  let below = fitAt(1 - 2 ** -HALVINGS);
  if (below.amount > limit) return below;
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    const found = fitAt(middle);
    if (found.amount > limit) [low, above] = [middle, found];
    else [high, below] = [middle, found];
    if (sameKept(above.kept, below.kept)) break;
  }
  const filled = fill(below, amountOf, limit, scores);
  const off = ({ amount }: Fit) => Math.abs(amount - limit);
  return off(above) < off(filled) && above.amount <= limit * (1 + NEAR) ? above : filled;
}

/** Takes units back, the best-scored first, each that the limit still has room for, until the amount is near enough. */
function fill(from: Fit, amountOf: (kept: MaskSet) => number, limit: number, scores: ScoreSet): Fit {
  let best = from;
  const out = [...from.kept]
    .flatMap(([name, mask]) =>
      [...mask].flatMap((bit, unit) =>
        bit === 1 ? [] : [{ name, unit, score: scores.get(name)?.[unit] ?? -Infinity }],
      ),
    )
    .filter(({ score }) => score !== -Infinity)
    .sort((a, b) => b.score - a.score);
  for (const { name, unit } of out.slice(0, TRIES)) {
    if (best.amount >= limit * (1 - NEAR / 2)) break;
    const mask = best.kept.get(name)?.slice() ?? new Uint8Array();
    mask[unit] = 1;
    const kept = new Map(best.kept).set(name, mask);
    const amount = amountOf(kept);
    if (amount <= limit) best = { kept, amount };
  }
  return best;
}

function sameKept(a: MaskSet, b: MaskSet): boolean {
  let differing = 0;
  for (const [name, mask] of a) mask.forEach((bit, i) => (differing += bit === b.get(name)?.[i] ? 0 : 1));
  return differing <= 1;
}
