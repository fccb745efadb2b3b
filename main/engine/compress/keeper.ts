import type { MaskSet, Network } from '../network/graph.ts';
import type { Fit } from './budgets/exchange.ts';
import { fitKept, isNear } from './budgets/fit.ts';
import { countedOf } from './budgets/index.ts';
import { aboveFloors, floorOf } from './cap.ts';
import { keepBest } from './cutoff.ts';
import { countKept } from './masks.ts';
import { protectLayers } from './scopes/protect.ts';
import { scopes } from './scopes/index.ts';
import type { Pool } from './scopes/scope.ts';
import type { ScoreSet } from './scores.ts';
import type { Selection } from './selection.ts';
import type { UnitGroup, Units } from './structures/structure.ts';
import { roundedTo, Widths } from './widths.ts';

/** What units are kept of. */
interface Keeping {
  readonly network: Network;
  readonly units: Units;
  readonly selection: Selection;
  /** The network as it came, before channels left it. */
  readonly base: Network;
  /** Its units. */
  readonly before: readonly UnitGroup[];
}

/** What a budget is of: how much the network had as it came, and how much is left of it. */
interface Amount {
  readonly before: number;
  readonly left: (kept: MaskSet) => number;
}

/** Keeps units by their scores, as budget, scope, cap, widths and protection have it. */
export class Keeper {
  /** What has to be tried to be known; undefined where a budget counts the units themselves, each by itself. */
  readonly amount: Amount | undefined;
  private readonly of: Keeping;
  private readonly known = new WeakMap<ScoreSet, Widths>();

  constructor(of: Keeping) {
    this.of = of;
    this.amount = amountOf(of);
  }

  /**
   * What is kept at a sparsity, by group.
   * @param scores of the units, by group
   * @param sparsity the share to prune of what the network had as it came
   */
  keep(scores: ScoreSet, sparsity: number): MaskSet {
    return this.fit(scores, sparsity)?.kept ?? this.at(scores, sparsity);
  }

  /** The same with what it comes to, as near to the budget as can be; undefined where nothing has to be tried. */
  fit(scores: ScoreSet, sparsity: number): Fit | undefined {
    const { amount } = this;
    if (amount === undefined) return undefined;
    const own = this.nearest(amount, scores, sparsity);
    const { end = 0 } = this.of.selection;
    if (end <= sparsity) return own;
    // On the way nothing goes without which the end can no longer be met; where nothing less will do it is gone to at once.
    const meets = (fit: Fit) => isNear(fit.amount, (1 - end) * amount.before);
    const leads = ({ kept }: Fit) => meets(this.nearest(amount, within(scores, kept), end));
    if (leads(own)) return own;
    const last = this.nearest(amount, scores, end);
    if (!meets(last)) return own;
    const more = this.nearest(amount, above(scores, last.kept), sparsity);
    return leads(more) ? more : last;
  }

  private nearest(amount: Amount, scores: ScoreSet, sparsity: number): Fit {
    const limit = (1 - sparsity) * amount.before;
    const fitBy = (ranked: ScoreSet) =>
      fitKept((share) => this.at(ranked, share), amount.left, limit, ranked, this.widths(ranked));
    const own = fitBy(scores);
    if (isNear(own.amount, limit)) return own;
    // Where these scores lead nowhere near, all groups lose alike, each the worst of its own.
    const alike = fitBy(byPlace(scores));
    return Math.abs(alike.amount - limit) < Math.abs(own.amount - limit) ? alike : own;
  }

  /** What is kept when this share of the units goes. */
  private at(scores: ScoreSet, share: number): MaskSet {
    const { units, selection, base, before } = this.of;
    const { groups, pattern } = units;
    const whole: Pool[] =
      pattern === undefined
        ? leftOf(scopes.get(selection.scope).share(before, share, base, selection.shares), groups)
        : [{ groups, keep: pattern.keep(share) }];
    const widths = this.widths(scores);
    const { pools, ranked } =
      selection.cap === undefined ? { pools: whole, ranked: scores } : aboveFloors(whole, scores, widths);
    const kept = keepBest(groups, pools, ranked);
    // What the smaller network costs is known only of one that has every layer.
    if (selection.protect === true || selection.measure !== undefined) protectLayers(kept, scores);
    return roundedTo(widths, kept);
  }

  /** How many units each group may keep. */
  private widths(scores: ScoreSet): Widths {
    const { units, selection, before } = this.of;
    const { cap } = selection;
    const whole = new Map(before.map((group) => [group.name, group.units]));
    const floor = ({ name, units: left }: UnitGroup) =>
      cap === undefined ? 0 : floorOf(whole.get(name) ?? left, cap);
    const widths = this.known.get(scores) ?? new Widths(units.groups, scores, floor);
    this.known.set(scores, widths);
    return widths;
  }
}

/** The same scores, with what is not kept below all others. */
const within = (scores: ScoreSet, kept: MaskSet): ScoreSet =>
  new Map(
    [...scores].map(([name, own]) => [
      name,
      Float64Array.from(own, (score, i) => (kept.get(name)?.[i] === 0 ? -Infinity : score)),
    ]),
  );

/** The same scores, with what is kept above all others. */
function above(scores: ScoreSet, kept: MaskSet): ScoreSet {
  const live = [...scores.values()].flatMap((own) => [...own].filter((score) => score !== -Infinity));
  const [low, high] = live.reduce(
    ([least, most], score): [number, number] => [Math.min(least, score), Math.max(most, score)],
    [Infinity, -Infinity] as [number, number],
  );
  return new Map(
    [...scores].map(([name, own]) => [
      name,
      Float64Array.from(own, (score, i) => (kept.get(name)?.[i] === 1 ? score + (high - low) + 1 : score)),
    ]),
  );
}

/**
 * Pools of a network as it came, in what is left of it: each keeps what it would keep there. A group that can lose no more has
 * its last unit.
 */
function leftOf(pools: readonly Pool[], groups: readonly UnitGroup[]): Pool[] {
  const left = new Map(groups.map((group) => [group.name, group]));
  return pools.map((pool) => {
    const own = pool.groups.flatMap(({ name }) => left.get(name) ?? []);
    return { groups: own, keep: pool.keep - (pool.groups.length - own.length) };
  });
}

function amountOf({ network, units, selection, base, before }: Keeping): Amount | undefined {
  const { without, groups } = units;
  if (without === undefined) return undefined;
  if (selection.measure === undefined) {
    if (groups.every(({ step = 1 }) => step === 1)) return undefined;
    const lasts = before.length - groups.length;
    return { before: unitsIn(before), left: (kept) => countUnits(kept) + lasts };
  }
  const kind = countedOf(selection.measure);
  const { perChannel } = kind;
  const of = (one: Network) => kind.of({ network: one, masks: new Map() });
  if (perChannel === undefined) return { before: of(base), left: (kept) => of(without(kept)) };
  const whole = of(network);
  const all = unitsIn(groups);
  return { before: of(base), left: (kept) => whole - perChannel * (all - countUnits(kept)) };
}

const unitsIn = (groups: readonly UnitGroup[]): number => groups.reduce((sum, { units }) => sum + units, 0);

const countUnits = (kept: MaskSet): number =>
  [...kept.values()].reduce((sum, mask) => sum + countKept(mask), 0);

/** Scores by which every group is ranked as before, and all are alike: the share of its units that are better, from 0 to -1. */
export function byPlace(scores: ScoreSet): ScoreSet {
  return new Map(
    [...scores].map(([name, own]) => {
      const order = [...own.keys()].sort((a, b) => (own[b] as number) - (own[a] as number) || a - b);
      const places = new Float64Array(own.length).fill(-Infinity);
      order.forEach((unit, place) => {
        if (own[unit] !== -Infinity) places[unit] = -place / own.length;
      });
      return [name, places];
    }),
  );
}
