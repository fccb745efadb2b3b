import Table from 'cli-table3';
import type { Report } from '../../contract/report.ts';
import { comparisons } from './comparison.ts';

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
