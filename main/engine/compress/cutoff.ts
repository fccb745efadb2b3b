import type { Pool } from './scopes/scope.ts';
import type { UnitGroup } from './structures/structure.ts';
import { orderable, topK } from './top-k.ts';
import type { MaskSet } from '../network/graph.ts';
import type { ScoreSet } from './scores.ts';

type Scores = Float32Array | Float64Array;

/**
 * Keeps the best-scored units of every pool.
 * @param groups all groups of the pools, in the order of the answer
 * @returns by group, 1 for units that are kept
 */
export function keepBest(groups: readonly UnitGroup[], pools: readonly Pool[], scores: ScoreSet): MaskSet {
  const kept: MaskSet = new Map();
  for (const pool of pools) {
    const parts = pool.groups.map(({ name }) => scores.get(name) ?? new Float64Array());
    const masks = cutOff(parts, pool.groups, pool.keep);
    pool.groups.forEach(({ name }, i) => kept.set(name, masks[i] as Uint8Array));
  }
  return new Map(groups.map(({ name }) => [name, kept.get(name) ?? new Uint8Array()]));
}

/**
 * Marks the highest-scored units across several groups with 1, so that what they cost together is as near to `keep` as a
 * threshold gets. Among equal scores the earlier group and the lower index win; NaN counts as the lowest score.
 */
function cutOff(scores: readonly Scores[], groups: readonly UnitGroup[], keep: number): Uint8Array[] {
  const [cost = 1] = groups.flatMap(({ costs }) => (typeof costs === 'number' ? [costs] : []));
  const alike = groups.every(({ costs }) => costs === cost);
  return alike ? topK(scores, Math.round(keep / cost)) : cutOffByCost(scores, groups, keep);
}

/**
 * The same where units cost different amounts. What lies above a threshold costs the less the higher it is: the lowest one
 * whose units above it cost at most `keep` is found by halves, and of the units at the threshold the first are added as long
 * as each brings the whole nearer to `keep`.
 */
function cutOffByCost(scores: readonly Scores[], groups: readonly UnitGroup[], keep: number): Uint8Array[] {
  const costAt = (group: number, unit: number) => {
    const costs = groups[group]?.costs ?? 0;
    return typeof costs === 'number' ? costs : (costs[unit] ?? 0);
  };
  const ascending = Float64Array.from(scores.flatMap((part) => Array.from(part, orderable))).sort();
  const above = (threshold: number) => {
    let cost = 0;
    scores.forEach((part, g) => {
      for (let i = 0; i < part.length; i++)
        if (orderable(part[i] as number) > threshold) cost += costAt(g, i);
    });
    return cost;
  };
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (above(ascending[middle] as number) <= keep) high = middle;
    else low = middle + 1;
  }
  const threshold = ascending[low] ?? 0;
  let spent = above(threshold);
  let open = true;
  return scores.map((part, g) => {
    const mask = new Uint8Array(part.length);
    for (let i = 0; i < part.length; i++) {
      const score = orderable(part[i] as number);
      if (score > threshold) mask[i] = 1;
      if (score !== threshold || !open) continue;
      open = spent + costAt(g, i) / 2 <= keep;
      if (!open) continue;
      mask[i] = 1;
      spent += costAt(g, i);
    }
    return mask;
  });
}
