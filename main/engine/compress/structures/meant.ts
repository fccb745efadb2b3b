import type { PruneSpec, Recipe } from '../../../contract/recipe.ts';
import type { Counted } from '../../../words/amounts.ts';
import { criteria } from '../criteria/index.ts';
import type { Point } from '../framework.ts';
import { paradigms } from '../paradigms/index.ts';
import { structures } from './index.ts';

/**
 * The kind of structure that a recipe means: its own, the paradigm's where the criterion goes with it, else the one that the
 * criterion goes with.
 */
export function structureMeant({ structure, criterion }: PruneSpec, point: Point): string {
  if (structure?.kind !== undefined) return structure.kind;
  const { structures: fit } = criteria.get(criterion ?? point.criterion, 'prune.criterion');
  const preset = point.structure ?? 'element';
  return fit === undefined || fit.ids.includes(preset) ? preset : (fit.ids[0] ?? preset);
}

/** What a recipe's sparsity counts. */
export function countedBy({ paradigm, prune }: Pick<Recipe, 'paradigm' | 'prune'>): Counted {
  const { countsChannels } = structures.get(structureMeant(prune, paradigms.get(paradigm).point));
  return countsChannels === true ? 'channels' : 'sparsity';
}
