import { inputError } from '../../../contract/errors.ts';
import { plainName } from '../class-names.ts';
import { sortClasses } from '../classes.ts';
import type { ClassIndices } from '../labels.ts';
import { MAX_CATEGORIES } from '../limits.ts';
import type { ReadNotes } from '../read-notes.ts';
import { isMissing } from './missing.ts';
import { cellError, type Table } from './read.ts';

/** More different numbers with fractions than this in the label column are measurements, not classes. */
const MAX_FRACTIONAL_CLASSES = 50;

/** What label columns are usually called; the first that is there counts. */
const USUAL = [
  'label',
  'labels',
  'target',
  'targets',
  'class',
  'classes',
  'y',
  'category',
  'species',
  'outcome',
  'diagnosis',
  'variety',
];

/** The label column where the recipe names none: the one with a usual name, or the last. */
export function findLabel({ columns, named }: Table, notes: ReadNotes): number {
  const names = columns.map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
  const usual = named
    ? USUAL.map((name) => names.lastIndexOf(name)).find((column) => column >= 0)
    : undefined;
  const label = usual ?? columns.length - 1;
  const why = usual === undefined ? 'the last column' : 'by its name';
  notes.fact('Label column', `${columns[label] ?? ''} (${why}; \`data.label\` names another)`);
  return label;
}

/** The classes in a label column, sorted. */
export function findClasses(table: Table, column: number, missingWords: ReadonlySet<string>): string[] {
  const name = table.columns[column] ?? '';
  const values = new Set<string>();
  for (const [row, cells] of table.rows.entries()) {
    const cell = cells[column] ?? '';
    if (isMissing(cell, missingWords)) {
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

/**
 * The class index of every row. A label that training does not have is taken for the one class that differs from it only by dots,
 * blanks or capitals, or is the same number, and that is said.
 */
export function labelRows(
  table: Table,
  column: number,
  classes: readonly string[],
  notes: ReadNotes,
): ClassIndices {
  const index = new Map(classes.map((name, i) => [name, i]));
  const near = new Map<string, number>();
  for (const [i, name] of classes.entries()) near.set(plainName(name), near.has(plainName(name)) ? -1 : i);
  const taken = new Map<string, number>();
  const labels = Int32Array.from(table.rows, (cells, row) => {
    const cell = cells[column] ?? '';
    const label = index.get(cell);
    if (label !== undefined) return label;
    const like = near.get(plainName(cell)) ?? -1;
    if (like >= 0) {
      taken.set(cell, like);
      return like;
    }
    throw cellError(
      table,
      row,
      table.columns[column] ?? '',
      'data/labels',
      `The label '${cell.slice(0, 40)}' does not occur in the training table.`,
      `Correct it, or remove the row. Labels there: ${classes.slice(0, 10).join(', ')}${classes.length > 10 ? ' ...' : ''}`,
    );
  });
  for (const [cell, like] of taken)
    notes.fact('Label of the second table', `'${cell}' is taken for '${classes[like] ?? ''}'`);
  return labels;
}
