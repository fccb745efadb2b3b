import type { MaskSet } from '../network/graph.ts';
import { countKept } from './masks.ts';
import type { Pool } from './scopes/scope.ts';
import type { ScoreSet } from './scores.ts';
import type { UnitGroup } from './structures/structure.ts';
import type { Widths } from './widths.ts';

/** How many of a layer's units stay where at most this share of them may go. */
export function floorOf(units: number, cap: number): number {
  return Math.ceil(Number(((1 - cap) * units).toFixed(9)));
}

/**
 * Pools and scores by which every group first keeps the best of its units, as many as it must, before all compete for the rest.
 * Where that is more than a pool may keep it keeps no more than that.
 */
export function aboveFloors(
  pools: readonly Pool[],
  scores: ScoreSet,
  widths: Widths,
): { readonly pools: readonly Pool[]; readonly ranked: ScoreSet } {
  const stays: MaskSet = new Map(
    [...scores.keys()].map((name) => [name, widths.best(name, widths.least(name))]),
  );
  const ranked = new Map(
    [...scores].map(([name, own]) => {
      const mask = stays.get(name);
      return [name, Float64Array.from(own, (score, unit) => (mask?.[unit] === 1 ? Infinity : score))];
    }),
  );
  const least = ({ groups }: Pool) => groups.reduce((sum, group) => sum + costOfKept(group, stays), 0);
  return { pools: pools.map((pool) => ({ ...pool, keep: Math.max(pool.keep, least(pool)) })), ranked };
}

function costOfKept({ name, costs }: UnitGroup, kept: MaskSet): number {
  const mask = kept.get(name) ?? new Uint8Array();
  if (typeof costs === 'number') return countKept(mask) * costs;
  return mask.reduce((sum, bit, unit) => sum + bit * (costs[unit] ?? 0), 0);
}
