import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { sweepChart } from '../../main/engine/sweep/chart.ts';
import { checkGrid, type CheckedGrid } from '../../main/engine/sweep/expand.ts';
import { branchOf } from '../../main/engine/sweep/page.ts';
import { summarize, type SweepResults } from '../../main/engine/sweep/results.ts';
import { estimate } from '../../main/words/estimate.ts';
import type { Grid } from '../../main/contract/sweep.ts';
import type { MeasuredSearch } from '../search/measured.ts';
import type { MeasuredStudy } from '../studies/measured.ts';
import { sections } from './checks/index.ts';
import type { Measurement } from './measured.ts';
import { resultsPage, type GridRuns } from './page.ts';
import { candidates, denseBySeed, rowOf, shown, type Row } from './rows.ts';

/** The grids of this folder by their files' names, in the document's order; one that no section names is run all the same. */
export function gridIds(): string[] {
  const named = sections.flatMap((section) => section.grids);
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort((a, b) => named.indexOf(a) - named.indexOf(b));
}

/** @throws Error when the grid has mistakes. */
export function readGrid(id: string): { readonly grid: Grid; readonly runs: CheckedGrid['runs'] } {
  const text = readFileSync(join(import.meta.dirname, `${id}.yaml`), 'utf8');
  const { grid, runs, problems } = checkGrid(text, `${id}.yaml`);
  if (grid === null || problems.length > 0)
    throw new Error(problems.map(({ message }) => message).join('\n'));
  return { grid, runs };
}

/** docs/results.md with its charts by file name, from the grids and what was measured of each. */
export async function resultsDocument(
  measuredOf: (id: string) => readonly Measurement[],
  searches: readonly MeasuredSearch[],
  studies: readonly MeasuredStudy[],
): Promise<{ readonly text: string; readonly charts: ReadonlyMap<string, string> }> {
  const grids = gridIds().map((id): GridRuns => {
    const { grid, runs } = readGrid(id);
    const list = candidates(runs, measuredOf(id));
    const chosen = shown(list);
    const rows = list.map(({ run }) => rowOf(run, chosen.get(run)));
    return {
      id,
      grid,
      rows,
      open: list.filter(({ current }) => current === undefined),
      measured: [...chosen.values()],
      chart: chartOf(grid.name ?? id, rows),
    };
  });
  return {
    text: await format(resultsPage(grids, searches, studies), { parser: 'markdown', printWidth: 110 }),
    charts: new Map(
      grids.flatMap(({ id, chart }): [string, string][] => (chart === null ? [] : [[`${id}.svg`, chart]])),
    ),
  };
}

/** Curves; none where points are scattered: most series must be there at several budgets. */
function chartOf(name: string, rows: readonly Row[]): string | null {
  const pruned = rows.filter((row) => row.budget > 0);
  const dense = [...denseBySeed(rows).values()].map(({ accuracy }) => accuracy);
  const summary: SweepResults = {
    ...summarize(name, pruned),
    dense: dense.length === 0 ? null : estimate(dense),
  };
  const series = [...Map.groupBy(summary.cells, (cell) => cell.series).values()];
  const curves = series.filter((own) => own.length > 1).length * 2 > series.length;
  return curves ? sweepChart(summary, branchOf(summary)) : null;
}
