import type { PruneSpec } from '../../../contract/recipe.ts';
import { criteria } from '../criteria/index.ts';
import type { Point } from '../framework.ts';

/**
 * The kind of structure that a recipe means: its own, the paradigm's where the criterion goes with it, else the one that the
 * criterion goes with.
 */
export function structureMeant({ structure, criterion }: PruneSpec, point: Point): string {
  if (structure?.kind !== undefined) return structure.kind;
  const { structures } = criteria.get(criterion ?? point.criterion, 'prune.criterion');
  const preset = point.structure ?? 'element';
  return structures === undefined || structures.ids.includes(preset) ? preset : (structures.ids[0] ?? preset);
}
