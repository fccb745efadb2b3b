import { inputError } from '../../../contract/errors.ts';
import { MAX_CATEGORIES } from '../limits.ts';
import { sortClasses } from '../classes.ts';
import { cellError, isMissing, type Table } from './read.ts';

/** More different numbers with fractions than this in the label column are measurements, not classes. */
const MAX_FRACTIONAL_CLASSES = 50;

/** The classes in a label column, sorted. */
export function findClasses(table: Table, column: number): string[] {
  const name = table.columns[column] ?? '';
  const values = new Set<string>();
  for (const [row, cells] of table.rows.entries()) {
    const cell = cells[column] ?? '';
    if (isMissing(cell)) {
      throw cellError(
        table,
        row,
        name,
        'data/labels',
        'The label is missing.',
        'Fill it in, or remove the row.',
      );
    }
    values.add(cell);
  }
  const classes = [...values];
  const numbers = classes.every((value) => Number.isFinite(Number(value)));
  const fractional = numbers && classes.some((value) => !Number.isInteger(Number(value)));
  const field = `column '${name}'`;
  if (classes.length > MAX_CATEGORIES || (fractional && classes.length > MAX_FRACTIONAL_CLASSES)) {
    throw inputError(
      'data/labels',
      `The label column has ${classes.length} different values: it looks like a measurement, not a class.`,
      {
        file: table.place.shown,
        field,
        remedy: 'Name a column of classes in `data.label`, or sort the values into a few ranges.',
      },
    );
  }
  if (classes.length < 2) {
    throw inputError('data/labels', `All rows have the same label '${classes[0] ?? ''}'.`, {
      file: table.place.shown,
      field,
      remedy: 'Name the label column in `data.label`.',
    });
  }
  return sortClasses(classes);
}

/** The class index of every row. */
export function labelRows(table: Table, column: number, classes: readonly string[]): Int32Array {
  const index = new Map(classes.map((name, i) => [name, i]));
  return Int32Array.from(table.rows, (cells, row) => {
    const cell = cells[column] ?? '';
    const label = index.get(cell);
    if (label !== undefined) return label;
    throw cellError(
      table,
      row,
      table.columns[column] ?? '',
      'data/labels',
      `The label '${cell.slice(0, 40)}' does not occur in the training table.`,
      'Correct it, or remove the row.',
    );
  });
}
