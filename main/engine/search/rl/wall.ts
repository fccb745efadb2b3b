import type { Space } from '../space.ts';

/**
 * The action wall of AMC (He et al. 2018, arXiv 1802.03494, algorithm 1), on true costs: the most that a group may keep so that the
 * budget can still be met when all later groups keep their least.
 * @param before widths of the groups before this one
 * @param wanted how much it would keep
 * @param least the fewest units of every group
 * @returns its width: as wanted, or the widest that leaves the budget within reach, at least its least
 */
export function walled(
  space: Space,
  before: readonly number[],
  wanted: number,
  least: readonly number[],
): number {
  const at = before.length;
  const reaches = (count: number) => space.fits([...before, count, ...least.slice(at + 1)]);
  const floor = least[at] ?? 1;
  const want = Math.max(floor, wanted);
  if (reaches(want)) return want;
  // More units never cost less: the edge is found by halves.
  let [low, high] = [floor, want];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (reaches(middle)) low = middle;
    else high = middle;
  }
  return low;
}
