import { countedOf } from '../compress/budgets/index.ts';
import { floorOf } from '../compress/cap.ts';
import type { ScoreSet } from '../compress/scores.ts';
import { unitsOf, type Selected } from '../compress/select.ts';
import type { Selection } from '../compress/selection.ts';
import { costOf, type UnitGroup, type Units } from '../compress/structures/structure.ts';
import { Widths } from '../compress/widths.ts';
import type { MaskSet, Network } from '../network/graph.ts';
import { Space } from './space.ts';

/** Dimensions of weights that a policy sees. */
const RANK = 4;

/** The widths of a network whose units are ranked: of any width, a group keeps its best. */
export class NetworkSpace {
  readonly space: Space;
  private readonly units: Units;
  private readonly widths: Widths;

  /**
   * @param scores of the weights
   * @param target the share that is to go of what the selection's budget is of
   */
  constructor(network: Network, selection: Selection, scores: ScoreSet, target: number) {
    this.units = unitsOf(network, selection);
    const { groups } = this.units;
    const { cap } = selection;
    const ranked = this.units.reduce(scores);
    this.widths = new Widths(groups, ranked, ({ units }) => (cap === undefined ? 1 : floorOf(units, cap)));
    this.space = new Space(
      groups.map((group) => ({ name: group.name, units: group.units, features: featuresOf(group) })),
      this.widths,
      this.amountOf(network, selection),
      1 - target,
    );
  }

  /** What is kept with these widths. */
  selected(counts: readonly number[]): Selected {
    const kept = this.kept(counts);
    return { kept, masks: this.units.expand(kept) };
  }

  private kept(counts: readonly number[]): MaskSet {
    return new Map(this.units.groups.map(({ name }, g) => [name, this.widths.best(name, counts[g] ?? 0)]));
  }

  private amountOf(network: Network, { measure }: Selection): (counts: readonly number[]) => number {
    const { without, groups } = this.units;
    if (measure === undefined || without === undefined) {
      const sums = groups.map((group) => this.costs(group));
      return (counts) => counts.reduce((sum, count, g) => sum + (sums[g]?.(count) ?? 0), 0);
    }
    const kind = countedOf(measure);
    const { perChannel } = kind;
    if (perChannel === undefined)
      return (counts) => kind.of({ network: without(this.kept(counts)), masks: new Map() });
    const whole = kind.of({ network, masks: new Map() });
    const all = groups.reduce((sum, { units }) => sum + units, 0);
    return (counts) => whole - perChannel * (all - counts.reduce((sum, count) => sum + count, 0));
  }

  /** What a group's best units cost together. */
  private costs({ name, costs }: UnitGroup): (count: number) => number {
    if (typeof costs === 'number') return (count) => count * costs;
    let sum = 0;
    const sums = [0, ...this.widths.order(name).map((unit) => (sum += costs[unit] ?? 0))];
    return (count) => sums[count] ?? sum;
  }
}

function featuresOf(group: UnitGroup): number[] {
  const dims = Array.from({ length: RANK }, (_, i) => Math.log(group.shape[i] ?? 1));
  return [Math.log(costOf(group)), ...dims];
}
