import type { Registered } from '../../base/registry.ts';
import type { EspalierError } from '../../../contract/errors.ts';
import type { StructureSpec } from '../../../contract/structure.ts';
import type { MaskSet, Network } from '../../network/graph.ts';
import type { Coupling } from '../../network/coupling/index.ts';
import type { Group } from '../../network/coupling/groups.ts';
import type { Model } from '../../network/model.ts';
import type { ScoreSet } from '../scores.ts';
import type { Pooled, Pooling } from './pooling.ts';

/** Units that a scope treats alike and a budget is spread over: those of one layer. */
export interface UnitGroup {
  readonly name: string;
  /** Shape of the weights, for scopes that go by it. */
  readonly shape: readonly number[];
  readonly units: number;
  /** What each unit counts of the budget: one number for all of them, or one for each. */
  readonly costs: number | Float64Array;
  /** What is kept of it is a multiple of this, or all of it; 1 when left out. */
  readonly step?: number;
}

/** What the units of coupled channels are made of, for criteria that look at more than single weights. */
export interface CoupledUnits {
  /** Those that units are of, by the same names and in the same order. */
  readonly groups: readonly Pick<Group, 'name' | 'components'>[];
  readonly coupling: Coupling;
  /** The slices of a channel that count. */
  readonly members: Pooling['members'];
}

/** A network's weights as units that are kept or pruned whole. */
export interface Units {
  /** Parameters whose scores it needs; those that may be pruned when left out. */
  readonly scored?: readonly string[];
  /** In the network's order. */
  readonly groups: readonly UnitGroup[];
  /** Only of whole channels. */
  readonly coupled?: CoupledUnits;
  /** Scores of the units, by group, from those of the weights; a unit of which a part is -Infinity is so as a whole. */
  reduce(scores: ScoreSet): ScoreSet;
  /** The score of its unit for every weight. */
  spread(scores: ScoreSet): ScoreSet;
  /** Masks of parameters from the units that are kept (1), by group. */
  expand(kept: MaskSet): MaskSet;
  /** Where the structure itself says how much is kept where: what its units are ranked by, and how many are kept, in place of a scope. */
  readonly pattern?: {
    places(scores: ScoreSet): ScoreSet;
    /** Units kept of all groups together. */
    keep(sparsity: number): number;
  };
  /** How many of its units are left in what became of the network. */
  readonly left?: (model: Readonly<Pick<Model, 'network' | 'masks'>>) => number;
  /** The network without the units that are not kept, where units can leave it; elsewhere they only become zero. */
  readonly without?: (kept: MaskSet) => Network;
  /** What does not come out even in this network, or how the budget is to be read, in words; undefined where there is nothing to say. */
  readonly remark?: () => string | undefined;
}

type StructureOption = Exclude<keyof StructureSpec, 'kind'>;
type NumericOption = {
  [O in StructureOption]-?: Exclude<StructureSpec[O], undefined> extends number ? O : never;
}[StructureOption];

/** What is kept or pruned as one. Adding one is adding a file and a line in `index.ts`. */
export interface Structure extends Registered {
  /** The settings under `prune.structure` that it listens to, and what they are when left out; null where that depends. */
  readonly options: Readonly<Partial<Record<StructureOption, number | null>>>;
  /** What it prunes leaves the network. */
  readonly leaves?: true;
  /** How much every layer keeps follows from the budget alone, not from the scores. */
  readonly fixed?: true;
  /** Scopes that make sense with it; all of them when left out. */
  readonly scopes?: { readonly ids: readonly string[]; readonly why: string };
  /** Why what it keeps cannot be shuffled within a layer; undefined where it can. */
  readonly unshuffled?: string;
  /** Why these settings or this budget cannot be had; undefined where they can. */
  unfit?(spec: StructureSpec, sparsity: number): EspalierError | undefined;
  /** Why no group of units is ever emptied, whatever a recipe says; absent where that is its choice. */
  readonly protected?: string;
  /** A sparsity is the share of channels that leave, not of weights. */
  readonly countsChannels?: true;
  /**
   * @param params the parameters that may be pruned, in the network's order
   * @param excluded groups of channels that stay whole, by name
   */
  units(
    network: Network,
    params: readonly string[],
    spec: StructureSpec,
    criterion?: Pooled,
    excluded?: ReadonlySet<string>,
  ): Units;
}

/** The settings of a structure, as the recipe has them or as they are when left out. */
export function filled<O extends NumericOption>(
  spec: StructureSpec,
  options: Readonly<Record<O, number>>,
): Record<O, number> {
  const names = Object.keys(options) as O[];
  return Object.fromEntries(names.map((name) => [name, spec[name] ?? options[name]])) as Record<O, number>;
}

/** What all units of a group count of the budget. */
export function costOf({ units, costs }: UnitGroup): number {
  return typeof costs === 'number' ? units * costs : costs.reduce((sum, cost) => sum + cost, 0);
}
