import { type Arranged, relabel } from './classes.ts';
import type { Labels } from './labels.ts';
import type { ReadNotes } from './read-notes.ts';

/** The labels of all parts with the classes that they stand for. */
export interface ReadLabels {
  readonly classes: readonly string[];
  readonly parts: readonly Labels[];
}

/**
 * Labels of a matrix of 0 and 1, one column a class: one class a sample where every row of every part has a single 1, several
 * classes or none otherwise. Which of them it is, is said.
 * @param marks the matrix of each part, row by row, with as many columns as `arranged` has classes
 */
export function matrixLabels(marks: readonly Uint8Array[], arranged: Arranged, notes: ReadNotes): ReadLabels {
  const { classes } = arranged;
  const columns = classes.length;
  const rowsOf = (part: Uint8Array) =>
    Array.from({ length: part.length / columns }, (_, row) =>
      part.subarray(row * columns, (row + 1) * columns),
    );
  const sums = marks.flatMap(rowsOf).map((row) => row.reduce((sum, mark) => sum + mark, 0));
  if (sums.every((sum) => sum === 1)) {
    notes.fact('Labels', `one-hot, ${columns} columns`);
    const parts = marks.map((part) => Int32Array.from(rowsOf(part), (row) => row.indexOf(1)));
    return { classes, parts: parts.map((part) => relabel(part, arranged)) };
  }
  const none = sums.filter((sum) => sum === 0).length;
  notes.fact(
    'Labels',
    `a matrix of ${columns} columns: a sample may have several classes${none > 0 ? `, ${none} have none` : ''}`,
  );
  return { classes, parts: marks.map((part) => relabel(part, arranged)) };
}
