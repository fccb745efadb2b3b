import { CsvError, parse } from 'csv-parse/sync';
import { type EspalierError, inputError } from '../../../contract/errors.ts';
import { type Place, readBytes } from '../files/place.ts';
import { MAX_TABLE_BYTES, MAX_TABLE_CELLS, MAX_TABLE_COLUMNS } from '../limits.ts';

/** A table of text cells. */
export interface Table {
  readonly place: Place;
  readonly columns: readonly string[];
  /** Rows of as many cells as there are columns. */
  readonly rows: readonly (readonly string[])[];
  /** The row of the file, counted from 1, in which row 0 stands: 2 under a header. */
  readonly firstRow: number;
}

export interface TableOptions {
  readonly delimiter: string;
  readonly header: boolean;
}

/** Cells that stand for 'not known'. */
const MISSING = new Set(['', '?', 'NA', 'N/A', 'NaN', 'nan', 'null']);

export function isMissing(cell: string): boolean {
  return MISSING.has(cell);
}

/** An error about one cell; `row` is an index into the table's rows. */
export function cellError(
  table: Table,
  row: number,
  column: string,
  code: string,
  message: string,
  remedy: string,
): EspalierError {
  return inputError(code, message, {
    file: table.place.shown,
    field: `row ${table.firstRow + row}, column '${column}'`,
    remedy,
  });
}

/** Reads a table whose rows all have the same number of cells. Without a header the columns are called 1, 2, 3 ... */
export async function readTable(place: Place, options: TableOptions): Promise<Table> {
  const text = await readBytes(place, MAX_TABLE_BYTES);
  const fail = (code: string, message: string, field: string, remedy: string) =>
    inputError(code, message, { file: place.shown, field, remedy });
  if (text.includes(0)) {
    throw fail(
      'data/format',
      'The file holds zero bytes: it is no table of text.',
      'byte 0',
      'Name a CSV file.',
    );
  }
  const records: string[][] = [];
  let cells = 0;
  try {
    parse(text, {
      bom: true,
      delimiter: options.delimiter,
      trim: true,
      skip_empty_lines: true,
      max_record_size: 16 * 2 ** 20,
      on_record: (record: string[]) => {
        cells += record.length;
        if (record.length > MAX_TABLE_COLUMNS) {
          throw fail(
            'data/too-large',
            `The row has ${record.length} columns; at most ${MAX_TABLE_COLUMNS} are read.`,
            `row ${records.length + 1}`,
            'Leave columns out.',
          );
        }
        if (cells > MAX_TABLE_CELLS) {
          throw fail(
            'data/too-large',
            `The table has more than ${MAX_TABLE_CELLS} cells.`,
            `row ${records.length + 1}`,
            'Use fewer rows, or save the table as .npz.',
          );
        }
        records.push(record);
        return undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw fail(
      'data/format',
      `The table cannot be read: ${error.message}.`,
      `row ${records.length + 1}`,
      'Check the row, its quotes and `data.delimiter`.',
    );
  }
  const first = records[0] ?? [];
  const columns = options.header ? first : first.map((_, i) => String(i + 1));
  const rows = options.header ? records.slice(1) : records;
  if (rows.length === 0) throw fail('data/empty', 'The table has no rows.', 'row 1', 'Bring samples.');
  const repeated = columns.find((name, i) => columns.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw fail(
      'data/format',
      `Two columns are called '${repeated}'.`,
      'row 1',
      'Rename one; or set `data.header` to false if the first row is a sample.',
    );
  }
  return { place, columns, rows, firstRow: options.header ? 2 : 1 };
}
