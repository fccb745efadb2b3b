import type { Recipe } from '../../contract/recipe.ts';
import { nameInWords } from '../../words/run-name.ts';
import { paradigms } from '../compress/paradigms/index.ts';
import { countedBy } from '../compress/structures/meant.ts';

/** What a run is called: as its recipe says, or after its network, its method and what it asks for. */
export const runName = (recipe: Recipe, network: string): string =>
  nameInWords(recipe, { network, paradigm: paradigms.get(recipe.paradigm).label }, countedBy(recipe));
