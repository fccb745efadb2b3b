import type { Estimate } from '../../main/contract/sweep-list.ts';
import { estimate } from '../../main/words/estimate.ts';
import { goingOf } from '../../main/words/sweep.ts';
import { formatDuration } from '../../main/words/format.ts';
import { marksOf, type Marks } from './collapse.ts';
import { denseBySeed, type Row } from './rows.ts';
import { estimateWords, markdownTable } from './words.ts';

/** A grid's results: a row a series, with what each cost beside what came of it. */
export function gridTable(rows: readonly Row[]): string {
  const finished = rows.filter((row) => row.state === 'finished' && row.budget > 0);
  const columns = new Map(
    finished.toSorted((a, b) => a.budget - b.budget).map((row) => [goingOf(row), row.budget]),
  );
  const dense = densePerEpochs(rows);
  const marks = marksOf(rows);
  const lines = [...Map.groupBy(finished, (row) => row.series)].map(([series, own]) => [
    seriesWords(series, own),
    rangeWords(own.map(({ epochs }) => epochs)),
    timeWords(own),
    ...[...columns.values()].map((budget) =>
      cellWords(
        own.filter((row) => row.budget === budget),
        marks,
      ),
    ),
    besideWords(own, dense),
  ]);
  return markdownTable(['', 'Epochs', 'Time', ...columns.keys(), 'Dense, as long'], lines);
}

/** The dense network after each number of epochs that it was trained for: the runs' own, and where it was trained longer. */
export function densePerEpochs(rows: readonly Row[]): ReadonlyMap<number, Estimate> {
  const found = new Map<number, number[]>();
  const add = (epochs: number | null, accuracy: number | null): void => {
    if (epochs === null || accuracy === null) return;
    found.set(epochs, [...(found.get(epochs) ?? []), accuracy]);
  };
  for (const { epochs, accuracy } of denseBySeed(rows).values()) add(epochs, accuracy);
  const own = new Set(found.keys());
  const longer = rows.filter(({ budget, epochs }) => budget === 0 && !own.has(epochs ?? 0));
  for (const { epochs, accuracy } of longer) add(epochs, accuracy);
  return new Map([...found].sort(([a], [b]) => a - b).map(([epochs, values]) => [epochs, estimate(values)]));
}

/** The series' name, and where its numbers are of a former form of the method. */
function seriesWords(series: string, rows: readonly Row[]): string {
  const reasons = [...new Set(rows.flatMap(({ old }) => (old === null ? [] : [old])))];
  return reasons.length === 0 ? series : `${series} (**old**: ${reasons.join('; ')})`;
}

function cellWords(rows: readonly Row[], marks: Marks): string {
  const values = rows.flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy]));
  if (values.length === 0) return '–';
  const signs = rows[0] === undefined ? '' : marks.signs(rows[0]);
  const old = rows.some((row) => row.old !== null) ? ' old' : '';
  return `${estimateWords(estimate(values))}${signs === '' ? '' : ` ${signs}`}${old}`;
}

function rangeWords(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (known.length === 0) return '–';
  return least === most ? String(least) : `${least} to ${most}`;
}

/** The mean over the series' runs; an upper bound where some noted only all of their stages. */
function timeWords(rows: readonly Row[]): string {
  const times = rows.flatMap(({ ownSeconds, seconds }) => ownSeconds ?? seconds ?? []);
  if (times.length === 0) return '–';
  const bound = rows.some(({ ownSeconds }) => ownSeconds === null) ? '≤ ' : '';
  return `${bound}${formatDuration(estimate(times).mean)}`;
}

/** The dense network with as many epochs as the series. */
function besideWords(rows: readonly Row[], dense: ReadonlyMap<number, Estimate>): string {
  const epochs = [...new Set(rows.flatMap((row) => row.epochs ?? []))].sort((a, b) => a - b);
  const found = epochs.flatMap((count) => {
    const one = dense.get(count);
    return one === undefined ? [] : [{ count, words: estimateWords(one) }];
  });
  if (found.length === 0) return '–';
  if (epochs.length === 1) return found.map(({ words }) => words).join('');
  return found.map(({ count, words }) => `${count}: ${words}`).join('; ');
}
