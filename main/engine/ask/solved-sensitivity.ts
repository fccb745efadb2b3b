import { EspalierError } from '../../contract/errors.ts';
import type { SolvedSensitivity } from '../../contract/sensitivity.ts';
import type { Control } from '../base/control.ts';
import { keptSensitivity, type KeptOptions } from './kept-sensitivity.ts';
import { solvedRecipe } from './solved-recipe.ts';

/**
 * What each layer or group may lose, and the shares that meet the recipe's budget where there are some, else why not.
 * @throws EspalierError when the recipe is at fault, or its scores are not of single layers
 */
export async function solvedSensitivity(options: KeptOptions, control: Control): Promise<SolvedSensitivity> {
  const { sensitivity, network } = await keptSensitivity(options, control);
  try {
    const { recipe, shares, loss, bound } = solvedRecipe(options.recipe, network, sensitivity);
    const { layers = {} } = recipe.prune;
    const { sparsity = 0 } = recipe.budget;
    return {
      sensitivity,
      solved: { shares: Object.fromEntries(shares), layers, sparsity, loss, bound },
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof EspalierError)) throw error;
    return { sensitivity, solved: null, problem: error.problem };
  }
}
