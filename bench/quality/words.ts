import type { Estimate } from '../../main/contract/sweep-list.ts';
import { formatEstimate } from '../../main/words/sweep.ts';

/** A mean with its interval and its seeds, in percent; '–' for nothing. */
export function estimateWords(found: Estimate | null): string {
  return found === null ? '–' : formatEstimate(found);
}

/** '+0.40 ± 0.19 points (3)'. */
export function differenceWords({ mean, half, n }: Estimate): string {
  const interval = half === null ? '' : ` ± ${points(half)}`;
  const shown = points(mean);
  return `${mean > 0 && shown !== '0.00' ? '+' : ''}${shown}${interval} points (${n})`;
}

/** A fraction in percent, with two decimals and no sign of it. */
export function percent(fraction: number): string {
  return (fraction * 100).toFixed(2);
}

/** A difference of fractions in percentage points. */
export function points(fraction: number): string {
  return percent(fraction)
    .replace(/^-0\.00$/, '0.00')
    .replace('-', '−');
}

/** A table in Markdown; the first column is set left, the others right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
