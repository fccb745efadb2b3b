import Table from 'cli-table3';
import type { Report } from '../../contract/report.ts';
import { comparisons } from './comparison.ts';
import { sizeRows } from './sizes.ts';

/** The dense network beside the compressed one, for a terminal: plain text, no colours. */
export function renderTable({ dense, compressed }: Pick<Report, 'dense' | 'compressed'>): string {
  const table = new Table({
    head: ['', 'Dense', 'Compressed', 'Change'],
    colAligns: ['left', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of comparisons(dense, compressed))
    table.push([row.label, row.dense, row.compressed, row.change]);
  return table.toString();
}

/** The forms that the pruned network can be taken away in, for a terminal; empty where none was measured. */
export function renderSizes(report: Pick<Report, 'dense' | 'compressed' | 'sizes'>): string {
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
