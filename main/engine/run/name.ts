import type { Recipe } from '../../contract/recipe.ts';

/** What a run is called: as its recipe says, or after its network and paradigm. */
export function runName({ name, paradigm }: Pick<Recipe, 'name' | 'paradigm'>, network: string): string {
  return name ?? `${network}, ${paradigm}`;
}
