import { inputError } from '../../../../contract/errors.ts';
import { reductionOf } from '../../budgets/reduction.ts';
import { criteria } from '../../criteria/index.ts';
import { structures } from '../../structures/index.ts';
import type { Intent } from '../intent.ts';

/**
 * Refuses what does not go with the structure of a selection: a criterion, a scope, a control, a budget.
 * @throws EspalierError naming the field and the reason
 */
export function refuseUnfitStructure({ recipe, selection, control, point }: Intent): void {
  const { structure: spec = {}, scope } = selection;
  const structure = structures.get(spec.kind ?? 'element');
  const criterion = criteria.get(selection.criterion);
  if (criterion.structures !== undefined && !criterion.structures.ids.includes(structure.id)) {
    throw inputError(
      'recipe/structure',
      `The criterion '${criterion.id}' does not go with the structure '${structure.id}': ${criterion.structures.why}.`,
      { field: 'prune.structure.kind', remedy: `Choose: ${criterion.structures.ids.join(', ')}.` },
    );
  }
  if (criterion.oneSided === true && spec.members === 'all') {
    throw inputError(
      'recipe/structure',
      `The criterion '${criterion.id}' counts what reads a channel or what makes it, not all of it: either has the whole slope of the loss.`,
      { field: 'prune.structure.members', remedy: "Choose 'readers' or 'makers', or leave it out." },
    );
  }
  if (structure.scopes !== undefined && !structure.scopes.ids.includes(scope)) {
    const field = recipe.prune.layers !== undefined ? 'prune.layers' : 'prune.scope';
    throw inputError(
      'recipe/scope',
      `The structure '${structure.id}' does not go with the scope '${scope}': ${structure.scopes.why}.`,
      { field, remedy: `Choose a scope of: ${structure.scopes.ids.join(', ')}.` },
    );
  }
  if (control === 'shuffle' && structure.unshuffled !== undefined) {
    throw inputError(
      'recipe/control',
      `What the structure '${structure.id}' keeps cannot be shuffled: ${structure.unshuffled}.`,
      point.control === 'shuffle'
        ? { field: 'prune.structure.kind', remedy: 'Choose another structure, or another paradigm.' }
        : { field: 'prune.control', remedy: 'Choose another control.' },
    );
  }
  const error = structure.unfit?.(spec, reductionOf(recipe.budget));
  if (error !== undefined) throw error;
}
