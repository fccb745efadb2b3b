import type { BatchNormMode, StructureSpec } from '../../contract/recipe.ts';
import type { Shares } from './scopes/scope.ts';

/** What selects a mask. */
export interface Selection {
  readonly criterion: string;
  readonly scope: string;
  readonly exclude: readonly string[];
  readonly regrow: boolean;
  /** The sanity control that keeps the worst-scored weights. */
  readonly invert: boolean;
  /** What is kept or pruned as one; single weights when left out. */
  readonly structure?: StructureSpec;
  /** Every layer keeps at least one unit. */
  readonly protect?: boolean;
  /** How batch norms compute while weights are scored; the criterion's own way when left out. */
  readonly batchNorm?: BatchNormMode;
  /** What the recipe says of layers, for scopes that listen to it. */
  readonly shares?: Shares;
}
