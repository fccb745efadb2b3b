import type { Problem } from '../../contract/errors.ts';
import { EspalierError, toProblem } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import { catalog } from './catalog.ts';
import { planOf } from '../compress/plan/plan.ts';
import { withGentleRates } from '../compress/plan/trained.ts';
import { problemsOf } from './issues.ts';
import { unknownNames } from './names.ts';
import { parseRecipeText } from './parse.ts';

export interface CheckedRecipe {
  /** The recipe with every default filled in; null when there are problems. */
  readonly recipe: Recipe | null;
  /** Everything that is wrong, not only the first. */
  readonly problems: readonly Problem[];
}

/**
 * Checks what a person wrote or a wizard built: its form, its names and whether they go together. Reads no files: whether
 * the data and the network are there shows when the run starts.
 * @param input the recipe's text (YAML or JSON), or a plain value
 * @param file what the user calls it, for the problems
 */
export function checkRecipe(input: unknown, file?: string): CheckedRecipe {
  try {
    const value = withGentleRates(typeof input === 'string' ? parseRecipeText(input, file) : input);
    const parsed = recipeSchema.safeParse(value);
    const problems = parsed.success ? namesAndPlan(parsed.data) : problemsOf(parsed.error.issues, value);
    if (problems.length === 0 && parsed.success) return { recipe: parsed.data, problems: [] };
    return { recipe: null, problems: problems.map((problem) => ({ file, ...problem })) };
  } catch (error) {
    if (error instanceof EspalierError) return { recipe: null, problems: [error.problem] };
    throw error;
  }
}

function namesAndPlan(recipe: Recipe): Problem[] {
  const unknown = unknownNames(recipe, catalog());
  if (unknown.length > 0) return unknown;
  try {
    planOf(recipe);
    return [];
  } catch (error) {
    if (error instanceof EspalierError) return [toProblem(error)];
    throw error;
  }
}
