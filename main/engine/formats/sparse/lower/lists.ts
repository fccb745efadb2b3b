/** Columns of a sparse matrix that some rows share, and the rows' weights there: [column][row]. */
export interface Lists {
  /** How many rows share a list. */
  readonly block: number;
  /** The list of each block: where it begins and ends in `columns`. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly columns: readonly number[];
  /** One list's after the other, also of blocks that share their columns. */
  readonly weights: readonly number[];
}

/** The rows of a sparse matrix: each the columns of its weights that are not zero, in ascending order, with the weights. */
export type SparseRows = readonly (readonly (readonly [column: number, weight: number])[])[];

/**
 * Rows as lists by blocks. A list has every column in which one of its rows has a weight.
 * @param ways every list's length is a multiple of it; it is filled up with the columns that come next, and weights of zero
 * @param share blocks with the same columns have them once
 */
export function listsOf(rows: SparseRows, block: number, ways: number, share: boolean): Lists {
  const blocks = new Blocks(rows, block);
  const following = blocks.following();
  const ranges: [number, number][] = [];
  const columns: number[] = [];
  const weights: number[] = [];
  const known = new Map<string, [number, number]>();
  for (let first = 0; first < rows.length; first += block) {
    const own = [...blocks.columnsFrom(first)];
    const start = weights.length;
    const places = new Map(own.map((column, place) => [column, place]));
    for (let i = own.length * block; i > 0; i--) weights.push(0);
    for (let member = 0; member < block; member++) {
      for (const [column, weight] of rows[first + member] ?? [])
        weights[start + (places.get(column) ?? 0) * block + member] = weight;
    }
    while (own.length % ways !== 0) {
      own.push(following[own.at(-1) ?? 0] ?? 0);
      for (let i = 0; i < block; i++) weights.push(0);
    }
    const key = share ? own.join() : '';
    const range: [number, number] = (share ? known.get(key) : undefined) ?? [
      columns.length,
      columns.length + own.length,
    ];
    if (range[0] === columns.length) for (const column of own) columns.push(column);
    if (share) known.set(key, range);
    ranges.push(range);
  }
  if (columns.length === 0) {
    // Nothing is read of it, but compilers warn of reading beyond an array where they see how short it is.
    columns.push(...Array.from({ length: ways }, () => 0));
    weights.push(...Array.from({ length: ways * block }, () => 0));
  }
  return { block, ranges, columns, weights };
}

/** Where each list begins and the last one ends, where each begins at the end of the one before. */
export const boundaries = ({ ranges }: Lists): number[] => [
  ...ranges.map(([from]) => from),
  ranges.at(-1)?.[1] ?? 0,
];

/** Where each list begins and ends, and where the weights of its block begin. */
export function withWeights({ ranges, block }: Lists): number[] {
  let weights = 0;
  return ranges.flatMap(([from, to]) => {
    const begin = weights;
    weights += (to - from) * block;
    return [from, to, begin];
  });
}

/** How many columns lists by blocks would have in all. */
export function entriesBy(rows: SparseRows, block: number): number {
  if (block === 1) return rows.reduce((sum, row) => sum + row.length, 0);
  const blocks = new Blocks(rows, block);
  let entries = 0;
  for (let first = 0; first < rows.length; first += block) entries += blocks.columnsFrom(first).length;
  return entries;
}

/** Rows by blocks, and the columns that those of a block have together. */
class Blocks {
  private readonly rows: SparseRows;
  private readonly block: number;
  /** For each column the last block that has it. */
  private readonly seen: Int32Array;

  constructor(rows: SparseRows, block: number) {
    this.rows = rows;
    this.block = block;
    const most = rows.reduce((most, row) => Math.max(most, row.at(-1)?.[0] ?? 0), 0);
    this.seen = new Int32Array(most + 1).fill(-1);
  }

  /** Of the block that begins with a row, in ascending order. */
  columnsFrom(first: number): Int32Array {
    const found: number[] = [];
    for (let row = first; row < first + this.block; row++) {
      for (const [column] of this.rows[row] ?? []) {
        if (this.seen[column] === first) continue;
        this.seen[column] = first;
        found.push(column);
      }
    }
    return Int32Array.from(found).sort();
  }

  /** For each column that some row has the next one of these; after the last comes the first. */
  following(): Int32Array {
    const has = new Uint8Array(this.seen.length);
    for (const row of this.rows) for (const [column] of row) has[column] = 1;
    const next = new Int32Array(has.length);
    let after = has.indexOf(1);
    for (let column = has.length - 1; column >= 0; column--) {
      next[column] = after;
      if (has[column] === 1) after = column;
    }
    return next;
  }
}
