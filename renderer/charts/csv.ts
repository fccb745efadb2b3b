import type { ChartSeries } from './series.ts';
import { align } from './series.ts';

const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The numbers of a chart as comma-separated values (RFC 4180): a row for every x, a column for every curve, empty where it has no point. */
export function chartCsv(xName: string, series: readonly ChartSeries[]): string {
  const rows = align(series);
  const head = [xName, ...series.map(({ label }) => label)].map(cell).join(',');
  const lines = (rows[0] ?? []).map((_x, at) => rows.map((row) => row[at] ?? '').join(','));
  return [head, ...lines, ''].join('\r\n');
}
