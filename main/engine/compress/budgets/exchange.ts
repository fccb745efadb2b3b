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
  readonly width: number;
  /** What that adds to the amount, or what it is taken to add until it is tried. */
  readonly more: number;
}

/**
 * Brings an amount nearer to a limit where no threshold of the scores does: in every round one group keeps a step more or fewer
 * of its units, and another so many more or fewer that the limit is met; of all that come near enough the one that costs the
 * least score, else the one that comes nearest. What steps make together is taken for their sum until it is tried.
 */
export function exchange(from: Fit, { amountOf, near, limit, scores, widths }: Exchanging): Fit {
  let best = from;
  const off = (amount: number) => Math.abs(amount - limit);
  for (let round = 0; round < ROUNDS && !near(best.amount); round++) {
    const { kept, amount: now } = best;
    const countOf = (name: string) => countKept(kept.get(name) ?? new Uint8Array());
    const withWidths = (moves: readonly Move[]): MaskSet =>
      new Map([...kept, ...moves.map(({ name, width }) => [name, widths.best(name, width)] as const)]);
    const steps = [...kept.keys()].flatMap((name) =>
      [widths.above(name, countOf(name)), widths.below(name, countOf(name))]
        .filter((width) => width !== countOf(name))
        .map((width) => ({ name, width, more: amountOf(withWidths([{ name, width, more: 0 }])) - now })),
    );
    const firsts = [[], ...steps.map((step) => [step])];
    const tried = firsts
      .flatMap((some) => [
        some,
        ...steps
          .filter(({ name }) => name !== some[0]?.name)
          .map((step) => [...some, repeated(step, limit - now - (some[0]?.more ?? 0), countOf, widths)]),
      ])
      .map((moves) => {
        const amount = moves.reduce((sum, { more }) => sum + more, now);
        const loss = moves.reduce((sum, move) => sum + lossOf(move, countOf(move.name), scores, widths), 0);
        return { moves, fits: near(amount), off: off(amount), loss };
      })
      .filter((one) => one.moves.length > 0 && one.off < off(now))
      .sort((a, b) => Number(b.fits) - Number(a.fits) || (a.fits ? a.loss - b.loss : a.off - b.off))
      .slice(0, TRIES);
    for (const { moves } of tried) {
      const next = withWidths(moves);
      const amount = amountOf(next);
      if (off(amount) < off(best.amount)) best = { kept: next, amount };
      if (near(best.amount)) return best;
    }
    if (best.kept === kept) break;
  }
  return best;
}

/** The same step as often as it takes to make up for what is missing, once at least. */
function repeated(
  { name, width, more }: Move,
  missing: number,
  countOf: (name: string) => number,
  widths: Widths,
): Move {
  const times = Math.max(1, Math.round(missing / more));
  let [at, total] = [width, more];
  for (let done = 1; done < times; done++) {
    const next = width > countOf(name) ? widths.above(name, at) : widths.below(name, at);
    if (next === at) break;
    [at, total] = [next, total + more];
  }
  return { name, width: at, more: total };
}

/** The scores that a move loses; below zero where it wins some. */
function lossOf({ name, width }: Move, count: number, scores: ScoreSet, widths: Widths): number {
  const between = widths.order(name).slice(Math.min(count, width), Math.max(count, width));
  const sum = between.reduce((total, unit) => total + (scores.get(name)?.[unit] ?? 0), 0);
  return width > count ? -sum : sum;
}
