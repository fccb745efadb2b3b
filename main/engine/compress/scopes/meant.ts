import type { PruneSpec } from '../../../contract/recipe.ts';
import type { Point } from '../framework.ts';
import { scopes } from './index.ts';

/** The scope that a recipe means: its own, the one that takes what it says of layers, else the paradigm's. */
export function scopeMeant(prune: PruneSpec, point: Pick<Point, 'scope'>): string {
  const taking = scopes.items.find(({ takes }) => takes !== undefined && prune[takes.field] !== undefined);
  return prune.scope ?? taking?.id ?? point.scope;
}
