import Table from 'cli-table3';
import { accuracyRows, axisOf, formatEstimate } from '../../words/sweep.ts';
import type { SweepResults } from './results.ts';

/** Test accuracy by series and sparsity, for a terminal. */
export function renderSweepTable(results: SweepResults): string {
  const { budgets, rows } = accuracyRows(results.cells);
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
    `Test accuracy in percent, mean ± half of the 95 % interval (Student t) over (n) seeds, by ${axisOf(results.cells)}.`,
  ].join('\n');
}
