import type { MaskSet } from '../../network/graph.ts';
import { countKept } from '../masks.ts';
import type { ScoreSet } from '../scores.ts';
import type { Widths } from '../widths.ts';

/** Units that are kept (1), by group, and how much of what the budget is of they leave. */
export interface Fit {
  readonly kept: MaskSet;
  readonly amount: number;
}

/** Exchanges one after the other, at most. */
const ROUNDS = 12;
/** Exchanges that are tried in a round, the most promising first. */
const TRIES = 24;

/** What an exchange brings a budget nearer by. */
interface Exchanging {
  readonly amountOf: (kept: MaskSet) => number;
  readonly near: (amount: number) => boolean;
  readonly limit: number;
  readonly scores: ScoreSet;
  readonly widths: Widths;
}

/** One group that keeps another number of its units. */
interface Move {
  readonly name: string;
  readonly mask: Uint8Array;
  /** What that adds to the amount. */
  readonly more: number;
  /** The scores that are lost by it; below zero where some are won. */
  readonly loss: number;
}

/**
 * Brings an amount nearer to a limit where no threshold of the scores does: in every round one group keeps a step more or fewer
 * of its units, or one a step more and another a step fewer; of all that come near enough the one that costs the least score,
 * else the one that comes nearest. What two moves make together is taken for their sum until it is tried.
 */
export function exchange(from: Fit, { amountOf, near, limit, scores, widths }: Exchanging): Fit {
  let best = from;
  const off = (amount: number) => Math.abs(amount - limit);
  for (let round = 0; round < ROUNDS && !near(best.amount); round++) {
    const moves = [...best.kept.keys()].flatMap((name) => movesOf(best, name, { amountOf, scores, widths }));
    const pairs = moves.flatMap((a, i) =>
      moves.slice(i + 1).flatMap((b) => (a.name === b.name ? [] : [[a, b]])),
    );
    const tried = [...moves.map((move) => [move]), ...pairs]
      .map((some) => {
        const amount = some.reduce((sum, { more }) => sum + more, best.amount);
        const fits = near(amount);
        return { some, fits, off: off(amount), loss: some.reduce((sum, { loss }) => sum + loss, 0) };
      })
      .filter((one) => one.off < off(best.amount))
      .sort((a, b) => Number(b.fits) - Number(a.fits) || (a.fits ? a.loss - b.loss : a.off - b.off))
      .slice(0, TRIES);
    let nearest = best;
    for (const { some } of tried) {
      const kept = new Map(best.kept);
      for (const { name, mask } of some) kept.set(name, mask);
      const found = { kept, amount: amountOf(kept) };
      if (off(found.amount) < off(nearest.amount)) nearest = found;
      if (near(found.amount)) return found;
    }
    if (nearest === best) break;
    best = nearest;
  }
  return best;
}

/** A step more and a step fewer of one group, where it has them. */
function movesOf(
  { kept, amount }: Fit,
  name: string,
  { amountOf, scores, widths }: Pick<Exchanging, 'amountOf' | 'scores' | 'widths'>,
): Move[] {
  const count = countKept(kept.get(name) ?? new Uint8Array());
  const scoreOf = (start: number, end: number) =>
    widths
      .order(name)
      .slice(start, end)
      .reduce((sum, unit) => sum + (scores.get(name)?.[unit] ?? 0), 0);
  const [up, down] = [widths.above(name, count), widths.below(name, count)];
  return [up, down]
    .filter((width) => width !== count)
    .map((width) => {
      const mask = widths.best(name, width);
      const more = amountOf(new Map(kept).set(name, mask)) - amount;
      return { name, mask, more, loss: width > count ? -scoreOf(count, width) : scoreOf(width, count) };
    });
}
