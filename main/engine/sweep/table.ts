import Table from 'cli-table3';
import type { AmountKind } from '../../contract/amount.ts';
import { thingsOf } from '../../words/amounts.ts';
import { formatPercent } from '../../words/format.ts';
import type { RunResult, SweepResults } from './results.ts';
import type { Estimate } from './statistics.ts';

/** '97.85 ± 0.12 (3)': mean, half the 95 % interval and number of seeds, in percent. */
export function formatEstimate({ mean, half, n }: Estimate): string {
  const percent = (mean * 100).toFixed(2);
  return half === null ? `${percent} (${n})` : `${percent} ± ${(half * 100).toFixed(2)} (${n})`;
}

/** What each budget is called, in order, and one row a series with a text for each of them. */
export function accuracyRows({ cells }: Pick<SweepResults, 'cells'>): {
  budgets: string[];
  rows: { series: string; texts: string[] }[];
} {
  const columns = [...Map.groupBy(cells, ({ measure, budget }) => `${measure} ${budget}`).values()].sort(
    ([a], [b]) => (a?.measure ?? '').localeCompare(b?.measure ?? '') || (a?.budget ?? 0) - (b?.budget ?? 0),
  );
  const digits = budgetDigits(cells.map(({ budget }) => budget));
  const names = [...new Set(cells.map((cell) => cell.series))];
  const rows = names.map((series) => ({
    series,
    texts: columns.map((column) => {
      const cell = column.find((one) => one.series === series);
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
export const goingOf = ({ measure, budget }: Pick<RunResult, 'measure' | 'budget'>): string =>
  `${exactPercent(budget)}${ofWhat(measure)}`;

/** What the budgets of results are of: 'sparsity', or 'share of the MACs that goes'. */
export function axisOf({ cells }: Pick<SweepResults, 'cells'>): string {
  const measures = [...new Set(cells.map(({ measure }) => measure))];
  if (measures.every((measure) => measure === 'sparsity')) return 'sparsity';
  return measures.length === 1 ? `share${ofWhat(measures[0] ?? 'sparsity')} that goes` : 'share that goes';
}

/** Test accuracy by series and sparsity, for a terminal. */
export function renderSweepTable(results: SweepResults): string {
  const { budgets, rows } = accuracyRows(results);
  const table = new Table({
    head: ['', ...budgets],
    colAligns: ['left', ...budgets.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map(({ series, texts }) => [series, ...texts]));
  const dense = results.dense === null ? [] : [`Dense network: ${formatEstimate(results.dense)}`];
  return [
    table.toString(),
    ...dense,
    `Test accuracy in percent, mean ± half of the 95 % interval (Student t) over (n) seeds, by ${axisOf(results)}.`,
  ].join('\n');
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
