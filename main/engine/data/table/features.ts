import { inputError } from '../../../contract/errors.ts';
import type { Split } from '../dataset.ts';
import { MAX_CATEGORIES, MAX_FEATURES, MAX_PART_BYTES } from '../limits.ts';
import type { Labels } from '../labels.ts';
import type { ReadNotes } from '../read-notes.ts';
import { analyseColumns, type Column, columnNote, type ColumnOptions } from './columns.ts';
import { isMissing, isMissingNumber } from './missing.ts';
import type { NumberStyle } from './numbers.ts';
import { cellError, type Table } from './read.ts';

/** The category of empty cells, when they are imputed. */
const MISSING_CATEGORY = '(missing)';

/** How one column becomes features. Everything here was learned from training rows alone. */
type Encoder =
  | {
      readonly kind: 'number';
      readonly column: number;
      readonly style: NumberStyle;
      /** Mean of the training rows, for cells that are missing. */
      readonly mean: number;
    }
  | {
      readonly kind: 'category';
      readonly column: number;
      /** Feature of each value among the column's own; a value that training rows do not have sets none. */
      readonly slots: ReadonlyMap<string, number>;
    };

export interface EncodeOptions extends ColumnOptions {
  readonly missing: 'refuse' | 'impute';
}

export interface FeaturePlan {
  readonly encoders: readonly Encoder[];
  readonly features: number;
  /** For each feature, whether it is one of a one-hot group (and so is not normalised). */
  readonly oneHot: readonly boolean[];
  readonly missing: 'refuse' | 'impute';
  readonly missingWords: ReadonlySet<string>;
}

/**
 * Decides how the columns become numbers. A column is numeric when all its known cells are numbers and it is not listed as
 * categorical; means and categories come from `trainRows` alone.
 */
export function planFeatures(
  table: Table,
  trainRows: Int32Array,
  options: EncodeOptions,
  notes: ReadNotes,
): FeaturePlan {
  const { missing, missingWords } = options;
  const encoders: Encoder[] = [];
  const oneHot: boolean[] = [];
  const columns = analyseColumns(table, options, notes);
  for (const column of columns) {
    if (missing === 'refuse') refuseMissing(table, column, missingWords);
    const cells = Array.from(trainRows, (row) => table.rows[row]?.[column.index] ?? '');
    const before = oneHot.length;
    if (column.kind === 'category') {
      const values = new Set(cells.map((cell) => (isMissing(cell, missingWords) ? MISSING_CATEGORY : cell)));
      if (values.size > MAX_CATEGORIES) throw tooManyValues(table, column.name, values.size);
      const slots = new Map([...values].sort().map((value, slot) => [value, slot]));
      encoders.push({ kind: 'category', column: column.index, slots });
      oneHot.push(...Array.from(slots, () => true));
    } else {
      const { style, index } = column;
      const known = cells.map((cell) => style.parse(cell)).filter((value) => !Number.isNaN(value));
      if (known.length === 0) throw nothingKnown(table, column.name);
      const mean = known.reduce((sum, x) => sum + x / known.length, 0);
      encoders.push({ kind: 'number', column: index, style, mean });
      oneHot.push(false);
    }
    notes.column({
      name: column.name,
      use: column.kind,
      features: oneHot.length - before,
      values: column.values.size,
      missing: column.missing,
      note: columnNote(table, column, missingWords),
    });
  }
  if (oneHot.length > MAX_FEATURES) {
    throw inputError('data/too-large', `The columns become ${oneHot.length} features.`, {
      file: table.place.shown,
      field: 'data.features',
      remedy: 'Leave out columns with many different values.',
    });
  }
  const numbers = columns.filter(({ kind }) => kind === 'number').length;
  notes.fact(
    'Columns',
    `${numbers} of numbers, ${columns.length - numbers} of categories; ${oneHot.length} features in all`,
  );
  return { encoders, features: oneHot.length, oneHot, missing, missingWords };
}

/** The given rows as a split of floats, with their labels. */
export function encodeRows(plan: FeaturePlan, table: Table, rows: Int32Array, labels: Labels): Split {
  if (rows.length * plan.features * 4 > MAX_PART_BYTES) {
    throw inputError('data/too-large', `${rows.length} rows of ${plan.features} features are too many.`, {
      file: table.place.shown,
      field: 'data.features',
      remedy: 'Leave out columns with many different values, or use fewer rows.',
    });
  }
  const values = new Float32Array(rows.length * plan.features);
  let at = 0;
  for (const row of rows) {
    for (const encoder of plan.encoders) at = encodeCell(plan, encoder, table, row, values, at);
  }
  return { size: rows.length, values, labels };
}

/** Writes one cell's features at `at`; returns where the next cell's go. */
function encodeCell(
  plan: FeaturePlan,
  encoder: Encoder,
  table: Table,
  row: number,
  values: Float32Array,
  at: number,
): number {
  const cell = table.rows[row]?.[encoder.column] ?? '';
  const name = table.columns[encoder.column] ?? '';
  if (encoder.kind === 'category') {
    const missing = isMissing(cell, plan.missingWords);
    if (missing && plan.missing === 'refuse') throw missingCell(table, row, name);
    const slot = encoder.slots.get(missing ? MISSING_CATEGORY : cell);
    if (slot !== undefined) values[at + slot] = 1;
    return at + encoder.slots.size;
  }
  const value = encoder.style.parse(cell);
  if (Number.isNaN(value)) {
    if (!isMissing(cell, plan.missingWords) && !isMissingNumber(cell)) {
      throw cellError(
        table,
        row,
        name,
        'data/format',
        `'${cell.slice(0, 40)}' is no number, but the training table has only numbers in this column.`,
        'Correct the cell, name it in `data.missingWords`, or list the column in `data.categorical`.',
      );
    }
    if (plan.missing === 'refuse') throw missingCell(table, row, name);
  }
  values[at] = Number.isNaN(value) ? encoder.mean : value;
  return at + 1;
}

function refuseMissing(
  table: Table,
  { kind, index, name, missing }: Column,
  words: ReadonlySet<string>,
): void {
  if (missing === 0) return;
  const row = table.rows.findIndex((cells) => {
    const cell = cells[index] ?? '';
    return isMissing(cell, words) || (kind === 'number' && isMissingNumber(cell));
  });
  throw missingCell(table, row, name);
}

function missingCell(table: Table, row: number, name: string) {
  const cell = table.rows[row]?.[table.columns.indexOf(name)] ?? '';
  return cellError(
    table,
    row,
    name,
    'data/missing-values',
    `The value is missing: the cell ${cell === '' ? 'is empty' : `says '${cell}'`}.`,
    'Fill it, set `data.missing` to impute, or leave the column out of `data.features`.',
  );
}

function tooManyValues(table: Table, name: string, count: number) {
  return inputError(
    'data/too-many-values',
    `The text column '${name}' has ${count} different values; at most ${MAX_CATEGORIES} are encoded.`,
    {
      file: table.place.shown,
      field: `column '${name}'`,
      remedy: 'It looks like an identifier or free text: leave it out of `data.features`.',
    },
  );
}

function nothingKnown(table: Table, name: string) {
  return inputError('data/missing-values', `The column '${name}' has no value in the training rows.`, {
    file: table.place.shown,
    field: `column '${name}'`,
    remedy: 'Leave it out of `data.features`.',
  });
}
