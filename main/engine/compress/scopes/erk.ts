import { sizeOf } from '../../network/graph.ts';
import { costOf, type UnitGroup } from '../structures/structure.ts';
import type { Pool, Scope } from './scope.ts';

/**
 * Erdos-Renyi-kernel densities (Evci et al. 2020, arXiv 1911.11134; Mocanu et al. 2018 for dense layers): the density of a
 * layer of shape [out, in, ...kernel] is eps * (sum of its dimensions) / (product of its dimensions), with eps such that the
 * whole has density 1 - sparsity. Layers that this would make more than whole stay whole, and the others share what is left.
 * @param shapes one per layer.
 * @param raw densities at eps = 1.
 * @returns densities in the order of `shapes`, each in (0, 1].
 */
export function erkDensities(
  shapes: readonly (readonly number[])[],
  sparsity: number,
  raw = shapes.map((shape) => sumOverProduct(shape)),
): number[] {
  const sizes = shapes.map(sizeOf);
  const wanted = (1 - sparsity) * sizes.reduce((sum, size) => sum + size, 0);
  const whole = shapes.map(() => false);
  for (;;) {
    let rest = wanted;
    let share = 0;
    whole.forEach((isWhole, i) => {
      if (isWhole) rest -= sizes[i] ?? 0;
      else share += (raw[i] ?? 0) * (sizes[i] ?? 0);
    });
    const eps = share === 0 ? 0 : rest / share;
    const largest = Math.max(...raw.filter((_, i) => !whole[i]));
    if (!(eps * largest > 1)) return raw.map((value, i) => (whole[i] ? 1 : eps * value));
    raw.forEach((value, i) => (whole[i] ||= value === largest));
  }
}

/** Sum of a layer's dimensions over their product. */
export function sumOverProduct(shape: readonly number[]): number {
  return shape.reduce((sum, dim) => sum + dim, 0) / sizeOf(shape);
}

/**
 * Whole numbers near `density * size` that add up to round of their sum: what rounding down leaves over goes to the largest
 * remainders, the earlier layer first.
 */
export function allotted(sizes: readonly number[], densities: readonly number[]): number[] {
  const exact = sizes.map((size, i) => size * (densities[i] ?? 0));
  const counts = exact.map(Math.floor);
  const left = Math.round(exact.reduce((a, b) => a + b, 0)) - counts.reduce((a, b) => a + b, 0);
  const remainder = (i: number) => (exact[i] ?? 0) - (counts[i] ?? 0);
  const order = sizes.map((_, i) => i).sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const i of order.slice(0, left)) counts[i] = (counts[i] ?? 0) + 1;
  return counts;
}

/** Every layer by itself, with what its density leaves it. */
export function poolsByDensity(groups: readonly UnitGroup[], densities: readonly number[]): Pool[] {
  const counts = allotted(groups.map(costOf), densities);
  return groups.map((group, i) => ({ groups: [group], keep: counts[i] ?? 0 }));
}

export const erkScope: Scope = {
  id: 'erk',
  label: 'Erdos-Renyi kernel (ERK)',
  summary: 'Every layer keeps a share that follows its shape: narrow layers and small kernels keep more.',
  fixed: true,
  share(groups, sparsity) {
    const shapes = groups.map(({ shape }) => shape);
    return poolsByDensity(groups, erkDensities(shapes, sparsity));
  },
};
