import type { Kernel } from '../kernel.ts';
import type { Split } from '../plan.ts';

/** Products of a piece, at least: to take one and to tell that it is finished takes about as long as some hundreds of them. */
const LEAST = 20_000;
/** Pieces of a call, at most: modules count them in eight bits, and threads may count beyond the last one. */
const MOST = 64;

interface Sharing {
  readonly units: number;
  /** Products of numbers that the whole call takes. */
  readonly products: number;
  /** How far parameters move with every unit; those that are not named stay. */
  readonly moves: Readonly<Record<string, number>>;
  /** The parameter that says how much is computed, and how much of it a unit is. */
  readonly count: readonly [param: string, each: number];
}

/** How some threads share a call of a kernel; undefined where that does not pay. */
export function splitOf({ params }: Kernel, { units, products, moves, count }: Sharing): Split | undefined {
  const pieces = Math.min(units, MOST, Math.floor(products / LEAST));
  if (pieces < 2) return undefined;
  return {
    ...{ units, pieces },
    moves: params.map(({ name }) => moves[name] ?? 0),
    count: { arg: params.findIndex(({ name }) => name === count[0]), each: count[1] },
  };
}
