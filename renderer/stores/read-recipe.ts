import { toProblem, type Problem } from '../../main/contract/errors.ts';
import { studio } from '../bridge/index.ts';
import { draftOf, type DraftRecipe } from './draft-recipe.ts';

/** What a text came to: a draft, or everything that is wrong with it. */
type ReadRecipe =
  | { readonly draft: DraftRecipe; readonly problems: readonly [] }
  | { readonly draft: null; readonly problems: readonly Problem[] };

/** The draft that a recipe's text gives, YAML or JSON; what was written there and is the default anyway is left out. */
export async function readRecipe(text: string): Promise<ReadRecipe> {
  try {
    const { recipe, problems } = await studio.call('recipes.check', { recipe: text });
    return recipe === null ? { draft: null, problems } : { draft: draftOf(recipe), problems: [] };
  } catch (error) {
    return { draft: null, problems: [toProblem(error)] };
  }
}
