import type { Recipe } from '../../../contract/recipe.ts';
import { paradigms } from '../paradigms/index.ts';

/** Whether a recipe fuses layers, in place of pruning anything. */
export const fusesLayers = ({ paradigm }: Pick<Recipe, 'paradigm'>): boolean =>
  paradigms.get(paradigm, 'paradigm').point.fuses === true;
