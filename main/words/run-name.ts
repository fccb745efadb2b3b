import type { Recipe } from '../contract/recipe.ts';
import { askedShort, type Counted } from './amounts.ts';

/** 'Gradual magnitude pruning' -> 'gradual magnitude'; what stands in brackets or is a name of its own stays or goes as a whole. */
function shortMethod(label: string): string {
  const short = label.replace(/ \([^)]*\)$/, '').replace(/ pruning$/, '');
  return /^[A-Z][a-z-]+( |$)/.test(short) && short.includes(' ')
    ? short.charAt(0).toLowerCase() + short.slice(1)
    : short;
}

/**
 * What a run is called where nobody named it: 'LeNet-300-100, gradual magnitude, 90 %'.
 * @param labels of the network (or its file's name) and of the method
 * @param counted what its sparsity counts
 */
export function nameInWords(
  { name, budget }: Pick<Recipe, 'name' | 'budget'>,
  labels: { readonly network: string; readonly paradigm: string },
  counted: Counted,
): string {
  return (
    name ?? `${labels.network}, ${shortMethod(labels.paradigm)}, ${askedShort(budget, counted)}`.slice(0, 200)
  );
}
