import { setImmediate } from 'node:timers/promises';
import type { Component } from '../../network/coupling/components.ts';
import { maskedValues } from '../../network/masked.ts';
import { counting, visit } from '../structures/members.ts';
import type { CoupledUnits } from '../structures/structure.ts';
import type { Criterion, ScoringContext } from './criterion.ts';

/**
 * Filter pruning by the geometric median (FPGM, He et al. 2019, arXiv 1811.00250): a filter scores the sum of its Euclidean
 * distances to all others of its layer, as one near the middle of them is the easiest to do without. Where several layers make
 * a channel, the mean of theirs. What is pruned already is no filter any more.
 */
export const fpgm: Criterion = {
  id: 'fpgm',
  label: 'Geometric median (FPGM)',
  summary: 'Keeps the channels whose filters are furthest from all others of their layer.',
  aliases: ['geometric-median'],
  structures: { ids: ['channel'], why: 'distances are between whole filters' },
  pooling: { members: 'makers', slice: 'mean' },
  async score(context) {
    const { coupled, spread } = context.units;
    if (coupled === undefined) throw new Error('distances are between channels');
    const found = new Map<string, Float64Array>();
    for (const { name, components } of coupled.groups) {
      // Messages come in between groups.
      await setImmediate();
      found.set(name, meanDistances(components, coupled, context));
    }
    return spread(found);
  },
};

function meanDistances(
  components: readonly Component[],
  { members }: CoupledUnits,
  context: ScoringContext,
): Float64Array {
  const slices = components.map((component) => counting(component, members, ({ role }) => role === 'weight'));
  const layers = slices[0]?.length ?? 0;
  const scores = new Float64Array(components.length);
  for (let layer = 0; layer < layers; layer++) {
    const filters = filtersOf(slices.map((own) => own[layer]), context); // prettier-ignore
    distanceSums(filters).forEach((sum, i) => (scores[i] = (scores[i] as number) + sum / layers));
  }
  return scores;
}

/** Undefined for what is pruned. */
function filtersOf(
  slices: readonly (
    { readonly param: string; readonly axis: number; readonly indices: readonly number[] } | undefined
  )[],
  { network, weights, masks }: ScoringContext,
): (Float64Array | undefined)[] {
  const [first] = slices;
  const values = maskedValues(first?.param ?? '', weights, masks);
  const mask = masks.get(first?.param ?? '');
  return slices.map((slice) => {
    const filter: number[] = [];
    let live = mask === undefined;
    if (slice !== undefined) {
      visit(slice, network.params[slice.param]?.shape ?? [], (at) => {
        filter.push(values[at] as number);
        live ||= mask?.[at] === 1;
      });
    }
    return live ? Float64Array.from(filter) : undefined;
  });
}

/** For each of some points the sum of its Euclidean distances to the others; 0 where there is none. */
function distanceSums(points: readonly (Float64Array | undefined)[]): Float64Array {
  const sums = new Float64Array(points.length);
  points.forEach((a, i) => {
    if (a === undefined) return;
    for (let j = 0; j < i; j++) {
      const b = points[j];
      if (b === undefined) continue;
      let square = 0;
      for (let k = 0; k < a.length; k++) square += ((a[k] as number) - (b[k] as number)) ** 2;
      const distance = Math.sqrt(square);
      sums[i] = (sums[i] as number) + distance;
      sums[j] = (sums[j] as number) + distance;
    }
  });
  return sums;
}
