import { z } from 'zod';
import { termOf, type Budget } from '../../contract/amount.ts';
import { inputError, type Problem } from '../../contract/errors.ts';
import { recipeSchema, type Recipe } from '../../contract/recipe.ts';
import { gridSchema, type Grid, type Variant } from '../../contract/sweep.ts';
import { structures } from '../compress/structures/index.ts';
import { problemsOf } from '../recipe/issues.ts';
import type { SchemaNode } from '../recipe/json-schema.ts';
import { checkRecipe } from '../recipe/check.ts';
import { parseRecipeText } from '../recipe/parse.ts';
import { baselineVariants } from './baselines.ts';
import { runFolderName } from './identity.ts';

/** One run of a grid. */
export interface GridRun {
  /** Its folder's name within the sweep. */
  readonly folder: string;
  /** Runs of one series differ in budget and seed only: a line of the chart, a row of the table. */
  readonly series: string;
  readonly recipe: Recipe;
}

export interface CheckedGrid {
  readonly grid: Grid | null;
  readonly runs: readonly GridRun[];
  readonly problems: readonly Problem[];
}

/** More runs than this are taken for a mistake. */
const MAX_RUNS = 10_000;

/**
 * Reads a grid and makes its runs, seed by seed and budget by budget, so that a sweep that is stopped early has whole
 * comparisons.
 * @param input the grid's text (YAML or JSON), or a plain value
 * @param file what the user calls it, for the problems
 * @throws EspalierError when the text is no YAML
 */
export function checkGrid(input: unknown, file?: string): CheckedGrid {
  const value = typeof input === 'string' ? parseRecipeText(input, file) : input;
  const parsed = gridSchema.safeParse(value);
  if (!parsed.success) {
    return {
      grid: null,
      runs: [],
      problems: problemsOf(parsed.error.issues, value, gridJsonSchema()).map((p) => ({ file, ...p })),
    };
  }
  const { runs, problems } = expand(parsed.data, file);
  return { grid: parsed.data, runs, problems };
}

/** The JSON Schema of a grid as a person writes it. */
function gridJsonSchema(): SchemaNode {
  return z.toJSONSchema(gridSchema, { io: 'input' }) as SchemaNode;
}

function expand(grid: Grid, file: string | undefined): { runs: GridRun[]; problems: Problem[] } {
  const runs = new Map<string, GridRun>();
  const problems = new Map<string, Problem>();
  const combinations = combinationsOf(grid.vary);
  const asked = grid.paradigms.map((one) => (typeof one === 'string' ? { paradigm: one } : one));
  const variants: Variant[] = [...asked, ...baselineVariants({ ...grid, leaves: leaves(grid) })];
  for (const { seed, variant, budget, changes } of product(grid, variants, combinations)) {
    const series = [variant.label ?? variant.paradigm, ...wordsOf(changes)].join(', ');
    const value = {
      ...withOverrides(grid.base, { ...variant.set, ...changes }),
      paradigm: variant.paradigm,
      budget,
      seed,
    };
    const { recipe, problems: found } = checkRecipe(value, file);
    for (const problem of found) {
      // The same mistake in the base comes up in every run: it is told once.
      const key = `${problem.code} ${problem.field ?? ''} ${problem.message}`;
      if (!problems.has(key))
        problems.set(key, { ...problem, message: `In the run '${series}': ${problem.message}` });
    }
    if (recipe === null) continue;
    const run = { folder: runFolderName(series, recipe), series, recipe };
    runs.set(run.folder, run);
    if (runs.size > MAX_RUNS) {
      throw inputError('sweep/too-many', `The grid has more than ${MAX_RUNS} runs.`, {
        file,
        remedy: 'Take values out of its lists.',
      });
    }
  }
  return { runs: [...runs.values()], problems: [...problems.values()] };
}

/** Whether what the base prunes leaves the network. */
function leaves({ base }: Grid): boolean {
  const { prune } = recipeSchema.partial().safeParse(base).data ?? {};
  return structures.items.find(({ id }) => id === prune?.structure?.kind)?.leaves === true;
}

function* product(
  grid: Grid,
  variants: readonly Variant[],
  combinations: readonly Record<string, unknown>[],
) {
  const allSeeds = [...new Set([...grid.seeds, ...variants.flatMap(({ seeds = [] }) => seeds)])];
  const allBudgets = new Map(
    [...grid.budgets, ...variants.flatMap(({ budgets = [] }) => budgets)].map((one) => [keyOf(one), one]),
  );
  for (const seed of allSeeds) {
    for (const [asked, budget] of allBudgets) {
      for (const variant of variants) {
        if (!(variant.seeds ?? grid.seeds).includes(seed)) continue;
        if (!(variant.budgets ?? grid.budgets).some((own) => keyOf(own) === asked)) continue;
        for (const changes of combinations) yield { seed, variant, budget, changes };
      }
    }
  }
}

const keyOf = (budget: Budget): string => JSON.stringify(termOf(budget));

/** Every combination of the lists' values. */
function combinationsOf(lists: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  return Object.entries(lists).reduce<Record<string, unknown>[]>(
    (made, [field, values]) => made.flatMap((one) => values.map((value) => ({ ...one, [field]: value }))),
    [{}],
  );
}

/** A copy of the base in which the fields at dotted paths have new values; null takes a field out. */
export function withOverrides(
  base: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const copy = structuredClone(base) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    const place = keys.reduce<Record<string, unknown>>((part, key) => {
      const inner = Object.hasOwn(part, key) ? part[key] : undefined;
      const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
      Object.defineProperty(part, key, { value: next, enumerable: true, writable: true, configurable: true });
      return next;
    }, copy);
    if (value === null) delete place[last];
    else Object.defineProperty(place, last, { value, enumerable: true, writable: true, configurable: true });
  }
  return copy;
}

/** 'finetune.lr 0.01', as a series' name tells what varies. */
function wordsOf(changes: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(changes).map(([field, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    return `${field.replace(/^prune\./, '')} ${shown}`;
  });
}
