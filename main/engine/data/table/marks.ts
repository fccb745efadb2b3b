import { cellError, type Table } from './read.ts';

/** How tables write that a sample has a class, or has it not. */
const MARKS = new Map([
  ...['1', '1.0', 'true', 'yes'].map((cell) => [cell, 1] as const),
  ...['0', '0.0', 'false', 'no'].map((cell) => [cell, 0] as const),
]);

/**
 * Columns of 0 and 1 as a matrix, [rows, columns], row by row.
 * @throws EspalierError naming the first cell that is neither
 */
export function marksOf(table: Table, columns: readonly number[]): Uint8Array {
  return Uint8Array.from(
    table.rows.flatMap((cells, row) =>
      columns.map((column) => {
        const cell = cells[column] ?? '';
        const mark = MARKS.get(cell.toLowerCase());
        if (mark !== undefined) return mark;
        throw cellError(
          table,
          row,
          table.columns[column] ?? '',
          'data/labels',
          `The cell '${cell.slice(0, 40)}' says neither 1 (the sample has the class) nor 0.`,
          'Correct it, or leave the column out of `data.labels`.',
        );
      }),
    ),
  );
}
