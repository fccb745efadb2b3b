import type { MaskSet } from '../../network/graph.ts';
import { countKept } from '../masks.ts';
import type { ScoreSet } from '../scores.ts';
import type { Widths } from '../widths.ts';
import { exchange, type Fit } from './exchange.ts';
import { tryAll } from './try-all.ts';

/** A budget is met by an amount that is this near to it, as a share of it. */
export const NEAR = 0.02;
/** Halvings of the interval that the share to prune lies in. */
const HALVINGS = 24;
/** Units that are tried one by one to come nearer. */
const TRIES = 200;

/** Whether an amount meets a budget. */
export const isNear = (amount: number, limit: number): boolean => Math.abs(amount - limit) <= NEAR * limit;

/**
 * Finds what to keep so that the network has as nearly as can be the amount that may be left, where what a unit costs hangs on
 * which others stay. The share to prune that a scope spreads is found by halves, as more pruned never leaves more; then single
 * units come back, the best-scored first, as long as they fit; where that is not near enough, groups exchange units, and of a
 * network with few combinations of widths all are tried.
 * @param select what a scope keeps when this share is pruned, 0 <= share < 1
 * @param amountOf how much is left of the network with these units
 * @param limit how much may be left
 * @param scores of the units, by group
 * @param widths how many units each group may keep
 */
export function fitKept(
  select: (share: number) => MaskSet,
  amountOf: (kept: MaskSet) => number,
  limit: number,
  scores: ScoreSet,
  widths: Widths,
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
    if (areNext(above.kept, below.kept, widths)) break;
  }
  const filled = fill(below, amountOf, limit, scores, widths);
  const off = ({ amount }: Fit) => Math.abs(amount - limit);
  const nearest = off(above) < off(filled) && above.amount <= limit * (1 + NEAR) ? above : filled;
  if (isNear(nearest.amount, limit)) return nearest;
  const near = (amount: number) => isNear(amount, limit);
  const exchanged = exchange(nearest, { amountOf, near, limit, scores, widths });
  if (near(exchanged.amount)) return exchanged;
  return tryAll([...nearest.kept.keys()], amountOf, near, scores, widths) ?? exchanged;
}

/** Takes units back, the best-scored first, each that the limit still has room for, until the amount is near enough. */
function fill(
  from: Fit,
  amountOf: (kept: MaskSet) => number,
  limit: number,
  scores: ScoreSet,
  widths: Widths,
): Fit {
  let best = from;
  const out = [...from.kept].flatMap(([name, mask]) => stepsUp(name, countKept(mask), scores, widths));
  out.sort((a, b) => b.score - a.score);
  for (const { name, from: before, to } of out.slice(0, TRIES)) {
    if (best.amount >= limit * (1 - NEAR / 2)) break;
    if (countKept(best.kept.get(name) ?? new Uint8Array()) !== before) continue;
    const kept = new Map(best.kept).set(name, widths.best(name, to));
    const amount = amountOf(kept);
    if (amount <= limit) best = { kept, amount };
  }
  return best;
}

/** The numbers of units that a group may keep beyond this one, with the mean score of those that each step brings back. */
function stepsUp(name: string, count: number, scores: ScoreSet, widths: Widths) {
  const order = widths.order(name);
  const steps: { name: string; from: number; to: number; score: number }[] = [];
  for (let from = count; from < order.length;) {
    const to = widths.above(name, from);
    const added = order.slice(from, to).map((unit) => scores.get(name)?.[unit] ?? 0);
    steps.push({ name, from, to, score: added.reduce((sum, score) => sum + score, 0) / added.length });
    from = to;
  }
  return steps;
}

/** Whether no number of units lies between two: they differ in one group at most, and there by a single step. */
function areNext(above: MaskSet, below: MaskSet, widths: Widths): boolean {
  const counts = (kept: MaskSet, name: string) => countKept(kept.get(name) ?? new Uint8Array());
  const differing = [...above.keys()].filter((name) => counts(above, name) !== counts(below, name));
  return (
    differing.length === 0 ||
    (differing.length === 1 &&
      differing.every((name) => widths.above(name, counts(below, name)) >= counts(above, name)))
  );
}
