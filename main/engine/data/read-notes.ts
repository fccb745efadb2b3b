import type { ColumnRead, DataRead } from '../../contract/data-read.ts';

/** Names that are shown of what was left out for one reason. */
const MAX_EXAMPLES = 3;

/** Columns that are listed; a table may have thousands. */
const MAX_COLUMNS = 100;

/** What is shown of a table's beginning. */
const HEAD = { rows: 8, columns: 12, letters: 40 };

/** Collects what a reader has to say while it reads. */
export class ReadNotes {
  private readonly files = new Map<string, number>();
  private readonly leftOut = new Map<string, { count: number; examples: string[] }>();
  private readonly facts: { name: string; value: string }[] = [];
  private readonly columns: ColumnRead[] = [];
  private readonly problems: { text: string; remedy: string }[] = [];

  private firstRows: DataRead['head'];

  /** Something of this kind was read. */
  file(kind: string, count = 1): void {
    this.files.set(kind, (this.files.get(kind) ?? 0) + count);
  }

  /** Something was not read. `why` stands for a group: 'BMP images that are damaged'. */
  leave(why: string, example: string): void {
    const group = this.leftOut.get(why) ?? { count: 0, examples: [] };
    group.count++;
    if (group.examples.length < MAX_EXAMPLES) group.examples.push(example);
    this.leftOut.set(why, group);
  }

  fact(name: string, value: string): void {
    this.facts.push({ name, value });
  }

  column(column: ColumnRead): void {
    this.columns.push(column);
  }

  problem(text: string, remedy: string): void {
    this.problems.push({ text, remedy });
  }

  /** The first rows of a table, cut to what a person looks at. */
  head(columns: readonly string[], rows: readonly (readonly string[])[]): void {
    const cut = (cells: readonly string[]) =>
      cells
        .slice(0, HEAD.columns)
        .map((cell) => (cell.length > HEAD.letters ? `${cell.slice(0, HEAD.letters)}…` : cell));
    this.firstRows = {
      columns: cut(columns),
      rows: rows.slice(0, HEAD.rows).map(cut),
      left: Math.max(0, columns.length - HEAD.columns),
    };
  }

  /** All of it, as far as it goes now. */
  get read(): DataRead {
    const weight = ({ use, note, missing }: ColumnRead) =>
      use === 'label' ? 2 : Number(note !== '' || missing > 0);
    return {
      files: [...this.files].map(([kind, count]) => ({ kind, count })),
      leftOut: [...this.leftOut].map(([why, group]) => ({ why, ...group })),
      facts: [...this.facts],
      columns: this.columns.toSorted((a, b) => weight(b) - weight(a)).slice(0, MAX_COLUMNS),
      ...(this.firstRows && { head: this.firstRows }),
      problems: [...this.problems],
    };
  }
}
