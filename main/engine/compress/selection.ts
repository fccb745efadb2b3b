import type { AmountKind } from '../../contract/amount.ts';
import type { BatchNormMode } from '../../contract/recipe.ts';
import type { StructureSpec } from '../../contract/structure.ts';
import type { Shares } from './scopes/scope.ts';

/** A criterion that needs no batch norms, and its structure. */
export interface WithoutNorms {
  readonly criterion: string;
  readonly structure: string;
}

/** What selects a mask. */
export interface Selection {
  readonly criterion: string;
  readonly scope: string;
  readonly exclude: readonly string[];
  readonly regrow: boolean;
  /** The sanity control that keeps the worst-scored weights. */
  readonly invert: boolean;
  /** What the shares to prune are of: weights, or channels of a structure that counts them, when left out. */
  readonly measure?: AmountKind;
  /** The share that goes in the end: on the way to it nothing goes that it cannot do without. */
  readonly end?: number;
  /** What is kept or pruned as one; single weights when left out. */
  readonly structure?: StructureSpec;
  /** What is selected by, in which structure, in networks without batch norms whose channels may leave. */
  readonly withoutNorms?: WithoutNorms;
  /** The most of any layer's units that may go, as a share of what it had as the network came; all of them when left out. */
  readonly cap?: number;
  /** Every layer keeps at least one unit. */
  readonly protect?: boolean;
  /** How batch norms compute while weights are scored; the criterion's own way when left out. */
  readonly batchNorm?: BatchNormMode;
  /** What the recipe says of layers, for scopes that listen to it. */
  readonly shares?: Shares;
}
