import type { ReadNotes } from '../read-notes.ts';
import { isMissing, isMissingNumber } from './missing.ts';
import { findDecimal, type NumberStyle, styleOf, styleWords } from './numbers.ts';
import type { Table } from './read.ts';

/** What a column holds, told by all its rows. */
export type Column = {
  readonly index: number;
  readonly name: string;
  /** Cells that have a value, each different one once. */
  readonly values: ReadonlySet<string>;
  readonly missing: number;
} & ({ readonly kind: 'number'; readonly style: NumberStyle } | { readonly kind: 'category' });

export interface ColumnOptions {
  /** Indices of the feature columns. */
  readonly columns: readonly number[];
  /** Names of columns that are categories though their cells are numbers. */
  readonly categorical: readonly string[];
  readonly decimal: 'auto' | 'point' | 'comma';
  /** The recipe's words for missing values. */
  readonly missingWords: ReadonlySet<string>;
}

/** A column of which so many cells are numbers was meant to be numbers. */
const NEARLY = 0.8;

/** From so many rows on, a column that has another value in each is taken for an identifier. */
const MANY_ROWS = 20;

/** Decides for every feature column whether it holds numbers or categories, and says what broke the rule. */
export function analyseColumns(table: Table, options: ColumnOptions, notes: ReadNotes): Column[] {
  const cellsOf = (index: number) => table.rows.map((row) => row[index] ?? '');
  const known = (index: number) => cellsOf(index).filter((cell) => !isMissing(cell, options.missingWords));
  const decimal = options.decimal === 'auto' ? findDecimal(lazily(options.columns, known)) : options.decimal;
  return options.columns.map((index) => {
    const name = table.columns[index] ?? '';
    const cells = known(index);
    const style = styleOf(cells, decimal);
    const odd = cells.filter((cell) => Number.isNaN(style.parse(cell)));
    const isNumber =
      !options.categorical.includes(name) &&
      odd.length < cells.length + Number(cells.length === 0) &&
      odd.every(isMissingNumber);
    const column: Column = isNumber
      ? {
          kind: 'number',
          index,
          name,
          style,
          values: new Set(cells.filter((cell) => !isMissingNumber(cell))),
          missing: table.rows.length - cells.length + odd.length,
        }
      : { kind: 'category', index, name, values: new Set(cells), missing: table.rows.length - cells.length };
    if (!isNumber && !options.categorical.includes(name)) sayOdd(table, column, cells, odd, style, notes);
    sayShape(table, column, notes);
    return column;
  });
}

function* lazily<T, R>(items: readonly T[], make: (item: T) => R): Generator<R> {
  for (const item of items) yield make(item);
}

function sayOdd(
  table: Table,
  { index, name, values }: Column,
  cells: readonly string[],
  odd: readonly string[],
  style: NumberStyle,
  notes: ReadNotes,
): void {
  if (odd.length === 0 || cells.length - odd.length < NEARLY * cells.length) return;
  const words = [...new Set(odd)].slice(0, 3).map((cell) => {
    const row = table.rows.findIndex((one) => one[index] === cell);
    return `'${cell.slice(0, 40)}' (row ${table.lines[row] ?? '?'})`;
  });
  notes.problem(
    `Column '${name}': ${cells.length - odd.length} of ${cells.length} cells are ${style.decimal === 'comma' ? 'numbers with a decimal comma' : 'numbers'}, but ${words.join(', ')} ${words.length === 1 ? 'is' : 'are'} not: the column is read as ${values.size} categories.`,
    'Correct the cells, name them in `data.missingWords` where they mean a missing value, or name the column in `data.categorical`.',
  );
}

function sayShape(table: Table, { kind, name, values }: Column, notes: ReadNotes): void {
  if (values.size === 1) {
    notes.problem(
      `Column '${name}' has the same value in every row ('${[...values][0]?.slice(0, 40) ?? ''}').`,
      'It tells nothing: leave it out of `data.features`.',
    );
  }
  const whole = kind === 'category' || [...values].every((value) => /^\d+$/.test(value));
  if (whole && table.rows.length >= MANY_ROWS && values.size === table.rows.length) {
    notes.problem(
      `Column '${name}' has another value in every row: it looks like an identifier.`,
      'A network can only learn it by heart: leave it out of `data.features`.',
    );
  }
}

/** What a column's cells looked like, for people; empty where there is nothing to say. */
export function columnNote(table: Table, column: Column, missingWords: ReadonlySet<string>): string {
  if (column.kind === 'category') return '';
  const cells = table.rows.map((row) => row[column.index] ?? '');
  const words = new Set(
    cells.filter((cell) => cell !== '' && (isMissing(cell, missingWords) || isMissingNumber(cell))),
  );
  const parts = [
    styleWords(cells, column.style),
    words.size > 0
      ? `missing is written ${[...words]
          .slice(0, 5)
          .map((word) => `'${word}'`)
          .join(', ')}`
      : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
