import { CsvError, parse, type InfoRecord } from 'csv-parse/sync';
import { type EspalierError, inputError } from '../../../contract/errors.ts';
import { type Place, readBytes } from '../files/place.ts';
import { MAX_TABLE_BYTES, MAX_TABLE_CELLS, MAX_TABLE_COLUMNS } from '../limits.ts';
import type { ReadNotes } from '../read-notes.ts';
import { findDialect, isComment } from './dialect.ts';
import { hasHeader } from './header.ts';
import { decodeText } from './text.ts';

/** A table of text cells. */
export interface Table {
  readonly place: Place;
  readonly columns: readonly string[];
  /** Whether the columns are called by the file, and not 1, 2, 3 ... */
  readonly named: boolean;
  /** Rows of as many cells as there are columns. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the file in which each row ends, counted from 1. */
  readonly lines: readonly number[];
}

export interface TableOptions {
  readonly delimiter?: string | undefined;
  readonly header: 'auto' | 'yes' | 'no';
  /** Column names that the recipe uses: a first row that has one of them is a header. */
  readonly known: readonly string[];
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
    field: `row ${table.lines[row] ?? '?'}, column '${column}'`,
    remedy,
  });
}

/**
 * Index of a column that the recipe names.
 * @param field the recipe's field, for the message
 */
export function columnOf(table: Table, name: string, field: string): number {
  const column = table.columns.indexOf(name);
  if (column >= 0) return column;
  const shown = table.columns.slice(0, 30).join(', ');
  throw inputError('data/not-found', `There is no column '${name}'; there are: ${shown}.`, {
    file: table.place.shown,
    field,
    remedy: 'Name a column that is there (without a header: its number).',
  });
}

/** Reads a table whose rows all have the same number of cells. Without a header the columns are called 1, 2, 3 ... */
export async function readTable(place: Place, options: TableOptions, notes: ReadNotes): Promise<Table> {
  const text = decodeText(await readBytes(place, MAX_TABLE_BYTES), place, notes);
  const fail = (code: string, message: string, field: string, remedy: string) =>
    inputError(code, message, { file: place.shown, field, remedy });
  const dialect = findDialect(text, options.delimiter);
  const { delimiter, start, startLines, marked } = dialect;
  const { records, lines, comments } = parseRecords(text.slice(start), delimiter, startLines, place);
  if (options.delimiter === undefined) notes.fact('Delimiter', delimiter === '\t' ? 'tab' : delimiter);
  for (let i = 0; i < dialect.comments + comments; i++) notes.leave('comment lines', place.shown);
  const [first = []] = records;
  if (marked) records[0] = first.map((cell, i) => (i === 0 ? cell.replace(/^#+\s*/, '') : cell));
  const header = isHeader(records, options, marked);
  if (options.header === 'auto' && records.length > 0) {
    notes.fact('First row', header ? 'names the columns' : 'a sample: the columns are called 1, 2, 3 ...');
  } else if (options.header === 'yes' && records.length > 1 && !hasHeader(records)) {
    notes.problem(
      `The first row (${first.slice(0, 5).join(', ')}) looks like a sample, but is taken for the names of the columns.`,
      'If it is a sample, set `data.header` to no.',
    );
  }
  const columns = header ? (records[0] ?? []) : first.map((_, i) => String(i + 1));
  const rows = header ? records.slice(1) : records;
  if (rows.length === 0) throw fail('data/empty', 'The table has no rows.', 'row 1', 'Bring samples.');
  const repeated = columns.find((name, i) => columns.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw fail(
      'data/format',
      `Two columns are called '${repeated}'.`,
      'row 1',
      'Rename one; or set `data.header` to no if the first row is a sample.',
    );
  }
  return { place, columns, named: header, rows, lines: header ? lines.slice(1) : lines };
}

function isHeader(records: readonly string[][], { header, known }: TableOptions, marked: boolean): boolean {
  if (header !== 'auto') return header === 'yes';
  const names = new Set(records[0]);
  return marked || (known.length > 0 && known.every((name) => names.has(name))) || hasHeader(records);
}

/** The cells of all rows, all of the same number; comments among them are counted and left out. */
function parseRecords(text: string, delimiter: string, linesBefore: number, place: Place) {
  const fail = (code: string, message: string, line: number, remedy: string) =>
    inputError(code, message, { file: place.shown, field: `row ${line}`, remedy });
  const records: string[][] = [];
  const lines: number[] = [];
  let comments = 0;
  let cells = 0;
  const take = (record: string[], { lines: at }: Pick<InfoRecord, 'lines'>) => {
    const line = linesBefore + at;
    const columns = records[0]?.length ?? record.length;
    if (isComment(record, columns)) comments++;
    else {
      cells += record.length;
      if (record.length !== columns) {
        throw fail(
          'data/format',
          `The row has ${record.length} cells, the first one ${columns}.`,
          line,
          'Check the row, its quotes and `data.delimiter`.',
        );
      }
      if (columns > MAX_TABLE_COLUMNS) {
        throw fail(
          'data/too-large',
          `The row has ${columns} columns; at most ${MAX_TABLE_COLUMNS} are read.`,
          line,
          'Leave columns out.',
        );
      }
      if (cells > MAX_TABLE_CELLS) {
        throw fail(
          'data/too-large',
          `The table has more than ${MAX_TABLE_CELLS} cells.`,
          line,
          'Use fewer rows, or save the table as .npz.',
        );
      }
      records.push(record);
      lines.push(line);
    }
    return undefined;
  };
  try {
    parse(text, {
      delimiter,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: 16 * 2 ** 20,
      on_record: take,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw fail(
      'data/format',
      `The table cannot be read: ${error.message}.`,
      linesBefore + records.length + 1,
      'Check the row, its quotes and `data.delimiter`.',
    );
  }
  return { records, lines, comments };
}
