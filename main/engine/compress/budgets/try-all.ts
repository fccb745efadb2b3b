import type { MaskSet } from '../../network/graph.ts';
import type { ScoreSet } from '../scores.ts';
import type { Widths } from '../widths.ts';
import type { Fit } from './exchange.ts';

/** So many combinations of widths are still tried one by one. */
const FEW = 1000;

/**
 * Of a network that has few combinations of widths the one that meets a budget and keeps the most score; undefined where none
 * does, or there are too many.
 * @param groups by name
 * @param near whether an amount meets the budget
 */
export function tryAll(
  groups: readonly string[],
  amountOf: (kept: MaskSet) => number,
  near: (amount: number) => boolean,
  scores: ScoreSet,
  widths: Widths,
): Fit | undefined {
  const choices = groups.map((name) => ({ name, counts: countsOf(name, widths) }));
  if (choices.reduce((product, { counts }) => product * counts.length, 1) > FEW) return undefined;
  let found: (Fit & { readonly score: number }) | undefined;
  const visit = (at: number, kept: MaskSet, score: number): void => {
    const choice = choices[at];
    if (choice === undefined) {
      const amount = amountOf(kept);
      if (near(amount) && (found === undefined || score > found.score)) found = { kept, amount, score };
      return;
    }
    const { name, counts } = choice;
    for (const count of counts) {
      const own = widths.order(name).slice(0, count);
      const more = own.reduce((sum, unit) => sum + (scores.get(name)?.[unit] ?? 0), 0);
      visit(at + 1, new Map(kept).set(name, widths.best(name, count)), score + more);
    }
  };
  visit(0, new Map(), 0);
  return found && { kept: found.kept, amount: found.amount };
}

/** All numbers of its units that a group may keep, the largest first; a group keeps one at least. */
function countsOf(name: string, widths: Widths): number[] {
  const counts = [widths.order(name).length];
  for (;;) {
    const last = counts.at(-1) ?? 0;
    const next = widths.below(name, last);
    if (next === last) return counts;
    counts.push(next);
  }
}
