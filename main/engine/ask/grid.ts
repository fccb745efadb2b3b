import { stringify } from 'yaml';
import type { GridOutlook } from '../../contract/sweep-list.ts';
import type { ExpandedGrid } from '../../contract/sweep.ts';
import { parseRecipeText } from '../recipe/parse.ts';
import { checkGrid } from '../sweep/expand.ts';

/** The runs of a grid, given as text (YAML or JSON) or as a plain value. */
export function expandGrid(input: unknown): ExpandedGrid {
  const value = typeof input === 'string' ? parseRecipeText(input) : input;
  const { grid, runs, problems } = checkGrid(value);
  if (grid === null || problems.length > 0) return { name: '', yaml: '', runs: [], problems: [...problems] };
  return {
    name: grid.name ?? 'Sweep',
    yaml: stringify(value),
    runs: runs.map(({ series, recipe }) => ({ series, recipe })),
    problems: [],
  };
}

/** What a grid would come to, without its recipes. */
export function gridOutlook(input: unknown): GridOutlook {
  const { runs, yaml, problems } = expandGrid(input);
  return { runs: runs.length, series: [...new Set(runs.map(({ series }) => series))], yaml, problems };
}
