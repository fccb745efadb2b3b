import { inputError } from '../../../contract/errors.ts';
import type { Split } from '../dataset.ts';
import { MAX_CATEGORIES, MAX_FEATURES, MAX_PART_BYTES } from '../limits.ts';
import { cellError, isMissing, type Table } from './read.ts';

/** The category of empty cells, when they are imputed. */
const MISSING_CATEGORY = '(missing)';

/** How one column becomes features. Everything here was learned from training rows alone. */
type Encoder =
  | {
      readonly kind: 'number';
      readonly column: number;
      /** Mean of the training rows, for cells that are missing. */
      readonly mean: number;
    }
  | {
      readonly kind: 'category';
      readonly column: number;
      /** Feature of each value among the column's own; a value that training rows do not have sets none. */
      readonly slots: ReadonlyMap<string, number>;
    };

export interface EncodeOptions {
  readonly missing: 'refuse' | 'impute';
  /** Indices of the feature columns. */
  readonly columns: readonly number[];
  /** Names of columns that are categories though their cells are numbers. */
  readonly categorical: readonly string[];
}

export interface FeaturePlan {
  readonly encoders: readonly Encoder[];
  readonly features: number;
  /** For each feature, whether it is one of a one-hot group (and so is not normalised). */
  readonly oneHot: readonly boolean[];
  readonly missing: 'refuse' | 'impute';
}

const numeric = (cell: string) => cell !== '' && Number.isFinite(Number(cell));

/**
 * Decides how the columns become numbers. A column is numeric when all its known cells are numbers and it is not listed as
 * categorical; means and categories come from `trainRows` alone.
 */
export function planFeatures(table: Table, trainRows: Int32Array, options: EncodeOptions): FeaturePlan {
  const encoders: Encoder[] = [];
  const oneHot: boolean[] = [];
  for (const column of options.columns) {
    const name = table.columns[column] ?? '';
    if (options.missing === 'refuse') refuseMissing(table, column, name);
    const isCategory =
      options.categorical.includes(name) ||
      table.rows.some((row) => !isMissing(row[column] ?? '') && !numeric(row[column] ?? ''));
    const cells = Array.from(trainRows, (row) => table.rows[row]?.[column] ?? '');
    if (isCategory) {
      const values = new Set(cells.map((cell) => (isMissing(cell) ? MISSING_CATEGORY : cell)));
      if (values.size > MAX_CATEGORIES) throw tooManyValues(table, name, values.size);
      const slots = new Map([...values].sort().map((value, slot) => [value, slot]));
      encoders.push({ kind: 'category', column, slots });
      oneHot.push(...Array.from(slots, () => true));
    } else {
      const known = cells.filter((cell) => !isMissing(cell)).map(Number);
      if (known.length === 0) throw nothingKnown(table, name);
      encoders.push({ kind: 'number', column, mean: known.reduce((sum, x) => sum + x / known.length, 0) });
      oneHot.push(false);
    }
  }
  if (oneHot.length > MAX_FEATURES) {
    throw inputError('data/too-large', `The columns become ${oneHot.length} features.`, {
      file: table.place.shown,
      field: 'data.features',
      remedy: 'Leave out columns with many different values.',
    });
  }
  return { encoders, features: oneHot.length, oneHot, missing: options.missing };
}

/** The given rows as a split of floats. `labels` holds the class of every row of the table. */
export function encodeRows(plan: FeaturePlan, table: Table, rows: Int32Array, labels: Int32Array): Split {
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
  return { size: rows.length, values, labels: Int32Array.from(rows, (row) => labels[row] ?? 0) };
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
  if (isMissing(cell) && plan.missing === 'refuse') throw missingCell(table, row, name);
  if (encoder.kind === 'category') {
    const slot = encoder.slots.get(isMissing(cell) ? MISSING_CATEGORY : cell);
    if (slot !== undefined) values[at + slot] = 1;
    return at + encoder.slots.size;
  }
  if (!isMissing(cell) && !numeric(cell)) {
    throw cellError(
      table,
      row,
      name,
      'data/format',
      `'${cell.slice(0, 40)}' is no number, but the training table has only numbers in this column.`,
      'Correct the cell, or list the column in `data.categorical`.',
    );
  }
  values[at] = isMissing(cell) ? encoder.mean : Number(cell);
  return at + 1;
}

function refuseMissing(table: Table, column: number, name: string): void {
  const row = table.rows.findIndex((cells) => isMissing(cells[column] ?? ''));
  if (row >= 0) throw missingCell(table, row, name);
}

function missingCell(table: Table, row: number, name: string) {
  return cellError(
    table,
    row,
    name,
    'data/missing-values',
    'The cell is empty (or ?, NA, NaN, null).',
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
