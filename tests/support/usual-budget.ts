import type { RecipeInput } from '../../main/contract/recipe.ts';
import { paradigms } from '../../main/engine/compress/paradigms/index.ts';

/** A budget that a paradigm can meet: a sparsity, or of layers that are fused two thirds of them. */
export function usualBudget(paradigm: string, sparsity: number): RecipeInput['budget'] {
  return paradigms.items.find(({ id }) => id === paradigm)?.point.fuses === true
    ? { layers: 0.67 }
    : { sparsity };
}
