import type { MaskSet } from '../network/graph.ts';
import { countKept } from './masks.ts';
import type { ScoreSet } from './scores.ts';
import type { UnitGroup } from './structures/structure.ts';

/**
 * How many units groups may keep: at least a floor, and where a group has a step a multiple of it, or all that it has left. Of
 * any number the best-scored are kept; among equals those of the lower index.
 */
export class Widths {
  private readonly groups: ReadonlyMap<string, UnitGroup>;
  private readonly scores: ScoreSet;
  private readonly floor: (group: UnitGroup) => number;
  private readonly orders = new Map<string, readonly number[]>();

  /**
   * @param scores of the units; those that are gone already have -Infinity
   * @param floor units that a group keeps at least
   */
  constructor(groups: readonly UnitGroup[], scores: ScoreSet, floor: (group: UnitGroup) => number = () => 0) {
    this.groups = new Map(groups.map((group) => [group.name, group]));
    this.scores = scores;
    this.floor = floor;
  }

  /** A group's units that are left, the best first. */
  order(group: string): readonly number[] {
    const scores = this.scores.get(group) ?? new Float64Array();
    const order =
      this.orders.get(group) ??
      [...scores.keys()]
        .filter((unit) => scores[unit] !== -Infinity)
        .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
    this.orders.set(group, order);
    return order;
  }

  /** The smallest number that a group may keep. */
  least(group: string): number {
    const found = this.groups.get(group);
    return found === undefined ? 0 : this.above(group, this.floor(found) - 1);
  }

  /** The next larger number than this one that a group may keep; all that it has left where there is none. */
  above(group: string, count: number): number {
    const step = this.groups.get(group)?.step ?? 1;
    return Math.min(this.order(group).length, (Math.floor(count / step) + 1) * step);
  }

  /** The next smaller number than this one that a group may keep; the same where there is none. */
  below(group: string, count: number): number {
    const step = this.groups.get(group)?.step ?? 1;
    const width = (Math.ceil(count / step) - 1) * step;
    return width < Math.max(1, this.least(group)) ? count : width;
  }

  /** The nearest number to this one that a group may keep; of two the larger. */
  nearest(group: string, count: number): number {
    const up = this.above(group, count - 1);
    const down = this.below(group, up);
    return Math.max(this.least(group), up - count <= count - down ? up : down);
  }

  /** A mask of as many of a group's units. */
  best(group: string, count: number): Uint8Array {
    const mask = new Uint8Array(this.scores.get(group)?.length ?? 0);
    for (const unit of this.order(group).slice(0, count)) mask[unit] = 1;
    return mask;
  }

  /** Whether groups may keep only some numbers. */
  get stepped(): boolean {
    return [...this.groups.values()].some(({ step = 1 }) => step > 1);
  }
}

/** The same masks with numbers that groups may keep. */
export function roundedTo(widths: Widths, kept: MaskSet): MaskSet {
  if (!widths.stepped) return kept;
  return new Map(
    [...kept].map(([name, mask]) => [name, widths.best(name, widths.nearest(name, countKept(mask)))]),
  );
}
