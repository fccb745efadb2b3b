import type { Recipe } from '../../../contract/recipe.ts';

/** A setting as logs have it. */
export type Parameter = string | number | boolean;

/**
 * A recipe's settings by their dotted path: 'budget.sparsity', 'finetune.lr'. Lists are texts of JSON; where the run is logged, and
 * what it is called, is no setting of it.
 */
export function parametersOf({
  name: _name,
  logs: _logs,
  card: _card,
  ...recipe
}: Recipe): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  const walk = (path: string, value: unknown): void => {
    if (value === undefined) return;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      found.set(path, value);
    else if (Array.isArray(value) || value === null) found.set(path, JSON.stringify(value));
    else for (const [key, part] of Object.entries(value)) walk(path === '' ? key : `${path}.${key}`, part);
  };
  walk('', recipe);
  return found;
}
