/** How a table is laid out, told by its first lines. */
export interface Dialect {
  readonly delimiter: string;
  /** Characters before the first row: notes that some programs write there. */
  readonly start: number;
  /** Lines that these are. */
  readonly startLines: number;
  /** Of these, comments. */
  readonly comments: number;
  /** Whether the first row is a header that follows a comment sign. */
  readonly marked: boolean;
}

/** Lines that are looked at. */
const SAMPLE = 50;
const SAMPLE_CHARACTERS = 1 << 20;

/** Tried in this order: a comma also stands inside numbers, where one of the others delimits. */
const DELIMITERS = ['\t', ';', '|', ','] as const;

const COMMENT = /^\s*[#|]/;

/** Whether a row of cells is a comment rather than a sample: it starts with # or | and has not as many cells as the others. */
export function isComment(cells: readonly string[], columns: number): boolean {
  return cells.length !== columns && COMMENT.test(cells[0] ?? '');
}

/** @param given the recipe's delimiter */
export function findDialect(text: string, given: string | undefined): Dialect {
  const lines = text.slice(0, SAMPLE_CHARACTERS).split(/\r\n|\n|\r/, SAMPLE);
  // Excel's own note of the delimiter.
  const [, noted] = /^sep=(.)$/i.exec(lines[0] ?? '') ?? [];
  const first = noted === undefined ? 0 : 1;
  const rows = lines.slice(first).filter((line) => line.trim() !== '');
  const plain = rows.filter((line) => !COMMENT.test(line));
  const delimiter = given ?? noted ?? guess(plain.length > 0 ? plain : rows);
  const columns = count(plain[0] ?? '', delimiter);
  let at = first;
  let comments = 0;
  // A first column may be called '#': such a line has as many cells as the others.
  while (at < lines.length && plain.length > 0) {
    const line = lines[at] ?? '';
    const comment = COMMENT.test(line) && delimiter !== '|' && count(line, delimiter) !== columns;
    const bar = delimiter === '|' && /^\s*#/.test(line) && count(line, delimiter) !== columns;
    if (!comment && !bar && line.trim() !== '') break;
    comments += Number(comment || bar);
    at++;
  }
  const before = lines.slice(0, at);
  const start = before.reduce((sum, line) => lineEnd(text, sum + line.length), 0);
  const marked = /^\s*#+\s*[^#\s]/.test(lines[at] ?? '') && !/^\s*#\s*\d*\s*[,;\t|]/.test(lines[at] ?? '');
  return { delimiter, start, startLines: at, comments, marked };
}

/** Where the line after this line's end begins. */
function lineEnd(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return at + 2;
  return at < text.length ? at + 1 : at;
}

/** Delimiters in a line, outside of quotes. */
function count(line: string, delimiter: string): number {
  let quoted = false;
  let found = 0;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === delimiter) found++;
  }
  return found;
}

/** The first delimiter that all lines have, as many times; the comma where none is like that. */
function guess(lines: readonly string[]): string {
  const whole = lines.slice(0, -1);
  const looked = whole.length > 0 ? whole : lines;
  const alike = DELIMITERS.find((delimiter) => {
    const counts = looked.map((line) => count(line, delimiter));
    return (counts[0] ?? 0) > 0 && counts.every((one) => one === counts[0]);
  });
  return alike ?? ',';
}
