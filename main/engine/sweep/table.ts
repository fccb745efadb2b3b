import Table from 'cli-table3';
import { formatPercent } from '../../words/format.ts';
import type { SweepResults } from './results.ts';
import type { Estimate } from './statistics.ts';

/** '97.85 ± 0.12 (3)': mean, half the 95 % interval and number of seeds, in percent. */
export function formatEstimate({ mean, half, n }: Estimate): string {
  const percent = (mean * 100).toFixed(2);
  return half === null ? `${percent} (${n})` : `${percent} ± ${(half * 100).toFixed(2)} (${n})`;
}

/** Budgets in order, and one row a series with a text for each of them. */
export function accuracyRows({ cells }: Pick<SweepResults, 'cells'>): {
  budgets: number[];
  rows: { series: string; texts: string[] }[];
} {
  const budgets = [...new Set(cells.map((cell) => cell.budget))].sort((a, b) => a - b);
  const names = [...new Set(cells.map((cell) => cell.series))];
  const rows = names.map((series) => ({
    series,
    texts: budgets.map((budget) => {
      const cell = cells.find((one) => one.series === series && one.budget === budget);
      return cell === undefined ? '–' : formatEstimate(cell.accuracy);
    }),
  }));
  return { budgets, rows };
}

/** Test accuracy by series and sparsity, for a terminal. */
export function renderSweepTable(results: SweepResults): string {
  const { budgets, rows } = accuracyRows(results);
  const table = new Table({
    head: ['', ...budgets.map((budget) => formatPercent(budget, budgetDigits(budgets)))],
    colAligns: ['left', ...budgets.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map(({ series, texts }) => [series, ...texts]));
  const dense = results.dense === null ? [] : [`Dense network: ${formatEstimate(results.dense)}`];
  return [
    table.toString(),
    ...dense,
    'Test accuracy in percent, mean ± half of the 95 % interval (Student t) over (n) seeds, by sparsity.',
  ].join('\n');
}

/** A budget as it was written: 0.9 -> '90 %', 0.9995 -> '99.95 %'. */
export function exactPercent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(4))} %`;
}

/** Decimals that tell all budgets apart: 99 % and 99.5 % need one. */
export function budgetDigits(budgets: readonly number[]): number {
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
