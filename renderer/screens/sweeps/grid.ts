import type { Baseline } from '../../../main/contract/sweep.ts';
import type { DraftRecipe } from '../../stores/draft-recipe.ts';

/** What a person chooses of a grid. */
export interface GridChoice {
  readonly name: string;
  readonly paradigms: readonly string[];
  /** Percentages of weights that go, as typed: '80, 90, 95'. */
  readonly sparsities: string;
  /** As typed: '1, 2, 3'. */
  readonly seeds: string;
  readonly baselines: readonly Baseline[];
}

/** Numbers in a text, apart by commas or blanks; what is none stays as text, so that its check names it. */
export function numbersIn(text: string): (number | string)[] {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  return words.map((word) => (Number.isFinite(Number(word)) ? Number(word) : word));
}

/** Fields of `prune` that say what is pruned, which all methods share; the others are settings of one method. */
const shared = new Set(['structure', 'exclude', 'protect']);

/**
 * The grid of a choice: the draft's recipe without its method, budget and seed, varied. Settings of the draft's method stay with that
 * method.
 * @param labelOf what a method is called in charts and tables
 */
export function gridOf(
  draft: DraftRecipe,
  choice: GridChoice,
  labelOf: (paradigm: string) => string,
): Record<string, unknown> {
  const { paradigm, budget: _budget, seed: _seed, name: _name, prune, ...rest } = draft;
  const common = Object.entries(prune).filter(([key]) => shared.has(key));
  const own = Object.entries(prune).filter(([key]) => !shared.has(key));
  const base = { ...rest, ...(common.length === 0 ? {} : { prune: Object.fromEntries(common) }) };
  const variant = (id: string) => ({
    paradigm: id,
    label: labelOf(id),
    ...(id === paradigm &&
      own.length > 0 && { set: Object.fromEntries(own.map(([key, value]) => [`prune.${key}`, value])) }),
  });
  return {
    ...(choice.name === '' ? {} : { name: choice.name }),
    base,
    paradigms: choice.paradigms.map(variant),
    budgets: numbersIn(choice.sparsities).map((value) =>
      typeof value === 'number' ? Number((value / 100).toPrecision(12)) : value,
    ),
    seeds: numbersIn(choice.seeds),
    ...(choice.baselines.length === 0 ? {} : { baselines: choice.baselines }),
  };
}
