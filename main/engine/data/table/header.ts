import { isMissing, isMissingNumber } from './missing.ts';
import { styleOf } from './numbers.ts';

/** Rows that are compared with the first. */
const SAMPLE = 200;

const none: ReadonlySet<string> = new Set();

/**
 * Whether the first row names the columns. It does where it has texts over columns of numbers, or numbers that only count the
 * columns; where no column has numbers, when its cells differ from each other and stand in no other row.
 */
export function hasHeader(records: readonly (readonly string[])[]): boolean {
  const [first = [], ...rest] = records.slice(0, SAMPLE + 1);
  if (rest.length === 0) return true;
  const distinct = new Set(first).size === first.length;
  const columns = first.map((_, column) =>
    rest.map((row) => row[column] ?? '').filter((cell) => !isMissing(cell, none)),
  );
  const isNumber = (column: number) => {
    const cells = (columns[column] ?? []).filter((cell) => !isMissingNumber(cell));
    const style = styleOf(cells, 'point');
    return cells.length > 0 && cells.every((cell) => !Number.isNaN(style.parse(cell)));
  };
  const numbers = first.map((_, column) => column).filter(isNumber);
  if (numbers.length > 0) {
    const style = styleOf(columns.flat(), 'point');
    const named = numbers.filter((column) => {
      const cell = first[column] ?? '';
      return !isMissing(cell, none) && !isMissingNumber(cell) && Number.isNaN(style.parse(cell));
    });
    if (named.length > 0) return true;
    return distinct && counts(first);
  }
  return distinct && first.every((cell, column) => cell !== '' && !(columns[column] ?? []).includes(cell));
}

/** Whether cells that are whole numbers count up by one, as names of columns do that a program made. */
function counts(cells: readonly string[]): boolean {
  const whole = cells.every((cell) => /^\d+$/.test(cell) || Number.isNaN(Number(cell)));
  const numbers = cells.filter((cell) => /^\d+$/.test(cell)).map(Number);
  return whole && numbers.length > 3 && numbers.every((value, i) => value === (numbers[0] ?? 0) + i);
}
