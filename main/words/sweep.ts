import type { AmountKind } from '../contract/amount.ts';
import type { Estimate } from '../contract/sweep-list.ts';
import { thingsOf } from './amounts.ts';
import { estimate } from './estimate.ts';
import { formatPercent } from './format.ts';

/** A series at one budget, over its seeds. */
export interface Cell {
  readonly series: string;
  readonly measure: AmountKind;
  readonly budget: number;
  readonly accuracy: Estimate;
  readonly gone: number;
  readonly seeds: readonly number[];
}

/** What of a run goes into a cell. */
interface Celled extends Pick<Cell, 'series' | 'measure' | 'budget'> {
  readonly seed: number;
  /** Null until it has finished. */
  readonly accuracy: number | null;
  readonly gone: number | null;
}

/** Finished runs by series and budget: means and intervals over the seeds. */
export function cellsOf(runs: readonly Celled[]): Cell[] {
  const groups = Map.groupBy(
    runs.filter(({ accuracy }) => accuracy !== null),
    ({ series, measure, budget }) => JSON.stringify([series, measure, budget]),
  );
  return [...groups.values()].map((group): Cell => ({
    series: group[0]?.series ?? '',
    measure: group[0]?.measure ?? 'sparsity',
    budget: group[0]?.budget ?? 0,
    accuracy: estimate(group.map((run) => run.accuracy ?? NaN)),
    gone: estimate(group.map((run) => run.gone ?? NaN)).mean,
    seeds: group.map((run) => run.seed),
  }));
}

/** The dense network by seed, where the runs of each seed have the same one; null where they have different ones, or none. */
export function commonDense(
  runs: readonly { readonly seed: number; readonly denseAccuracy: number | null }[],
): Estimate | null {
  const bySeed = Map.groupBy(
    runs.filter((run) => run.denseAccuracy !== null),
    (run) => run.seed,
  );
  const values = [...bySeed.values()].map((own) => new Set(own.map((run) => run.denseAccuracy ?? NaN)));
  if (values.length === 0 || values.some((own) => own.size > 1)) return null;
  return estimate(values.flatMap((own) => [...own]));
}

/** '97.85 ± 0.12 (3)': mean, half the 95 % interval and number of seeds, in percent. */
export function formatEstimate({ mean, half, n }: Estimate): string {
  const percent = (mean * 100).toFixed(2);
  return half === null ? `${percent} (${n})` : `${percent} ± ${(half * 100).toFixed(2)} (${n})`;
}

/** What each budget is called, in order, and one row a series with a text for each of them. */
export function accuracyRows(cells: readonly Cell[]): {
  budgets: string[];
  rows: { series: string; texts: string[] }[];
} {
  const columns = [...Map.groupBy(cells, ({ measure, budget }) => `${measure} ${budget}`).values()].sort(
    ([a], [b]) => (a?.measure ?? '').localeCompare(b?.measure ?? '') || (a?.budget ?? 0) - (b?.budget ?? 0),
  );
  const bySeries = columns.map((column) => new Map(column.map((cell) => [cell.series, cell])));
  const digits = budgetDigits(cells.map(({ budget }) => budget));
  const names = [...new Set(cells.map((cell) => cell.series))];
  const rows = names.map((series) => ({
    series,
    texts: bySeries.map((column) => {
      const cell = column.get(series);
      return cell === undefined ? '–' : formatEstimate(cell.accuracy);
    }),
  }));
  const budgets = columns.map(
    ([cell]) => `${formatPercent(cell?.budget ?? 0, digits)}${ofWhat(cell?.measure ?? 'sparsity')}`,
  );
  return { budgets, rows };
}

/** '' after a share of the weights, which is what is meant where nothing is said; ' of the MACs'. */
const ofWhat = (measure: AmountKind): string =>
  measure === 'sparsity' ? '' : ` of the ${thingsOf(measure)}`;

/** '90 %' of the weights, or '50 % of the MACs', that were to go. */
export const goingOf = ({ measure, budget }: Pick<Cell, 'measure' | 'budget'>): string =>
  `${exactPercent(budget)}${ofWhat(measure)}`;

/** What the budgets of results are of: 'sparsity', or 'share of the MACs that goes'. */
export function axisOf(cells: readonly Cell[]): string {
  const measures = [...new Set(cells.map(({ measure }) => measure))];
  if (measures.every((measure) => measure === 'sparsity')) return 'sparsity';
  return measures.length === 1 ? `share${ofWhat(measures[0] ?? 'sparsity')} that goes` : 'share that goes';
}

/** A budget as it was written: 0.9 -> '90 %', 0.9995 -> '99.95 %'. */
export function exactPercent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(4))} %`;
}

/** Decimals that tell all budgets apart: 99 % and 99.5 % need one. */
function budgetDigits(budgets: readonly number[]): number {
  return Math.max(
    ...budgets.map(
      (budget) =>
        (
          Number((budget * 100).toFixed(4))
            .toString()
            .split('.')[1] ?? ''
        ).length,
    ),
    0,
  );
}
