import Table from 'cli-table3';
import { comparisonCells, comparisonColumns, comparisons } from '../../words/comparison.ts';
import type { AccuracyFacts } from '../../words/noise.ts';
import { sizeRows } from '../../words/sizes.ts';

/** The dense network beside the compressed one, for a terminal: plain text, no colours. */
export function renderTable(facts: AccuracyFacts): string {
  const columns = comparisonColumns(facts);
  const table = new Table({
    head: ['', ...columns, 'Change'],
    colAligns: ['left', ...columns.map(() => 'right' as const), 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of comparisons(facts)) table.push([row.label, ...comparisonCells(row), row.change]);
  return table.toString();
}

/** The forms that the pruned network can be taken away in, for a terminal; empty where none was measured. */
export function renderSizes(report: Parameters<typeof sizeRows>[0]): string {
  const rows = sizeRows(report);
  if (rows.length === 0) return '';
  const table = new Table({
    head: ['', 'On disk', 'Download', '', 'Accuracy', 'Speed'],
    colAligns: ['left', 'right', 'right', 'left', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows)
    table.push([row.label, row.disk, row.download, row.change, row.accuracy, row.speed]);
  return table.toString();
}
