import { inputError } from '../../../../contract/errors.ts';
import { carriesWeights, type Recipe } from '../../../../contract/recipe.ts';
import type { Stage } from '../../framework.ts';

/**
 * Refuses a way of drawing weights where none are drawn by it: a network that comes trained and is gone on with, or a method
 * that draws by itself.
 * @throws EspalierError naming the field and the reason
 */
export function refuseUnusedInit(recipe: Recipe, stages: readonly Stage[]): void {
  const field = recipe.init !== undefined ? 'init' : 'initScale';
  if (recipe[field] === undefined) return;
  const draws = (from: 'fresh' | 'edge-of-chaos') =>
    stages.some((stage) => stage.kind === 'restore' && stage.from === from);
  if (draws('fresh')) return;
  // The dense network to compare with is drawn by it even where the method then draws by itself.
  const begins = !carriesWeights(recipe) && (!draws('edge-of-chaos') || recipe.baseline);
  if (begins) return;
  const why = draws('edge-of-chaos')
    ? `${recipe.paradigm} draws weights on the edge of chaos.`
    : 'The network comes with weights, and none are drawn.';
  throw inputError('recipe/init', why, { field, remedy: `Leave ${field} out.` });
}
