/** Cells that stand for 'not known' in every column. */
const MISSING = new Set(['', '?', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '#N/A', '<NA>']);

/** Words that do so among numbers; in a column of text they may be values of their own. */
const AMONG_NUMBERS = new Set([
  ...['none', 'n/a', 'na', 'nan', 'null', 'nil', 'missing', 'unknown', 'undefined'],
  ...['-', '--', '---', '\u2013', '\u2014', '.', '..', '*', '#n/a', '#value!', '#div/0!', '#ref!', '#num!'],
]);

/** Whether a cell is missing. @param words further words of the recipe */
export function isMissing(cell: string, words: ReadonlySet<string>): boolean {
  return MISSING.has(cell) || words.has(cell);
}

/** Whether a cell among numbers is a word for a missing one. */
export function isMissingNumber(cell: string): boolean {
  return AMONG_NUMBERS.has(cell.toLowerCase());
}
