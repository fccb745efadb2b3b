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
  const all = [...new Set(rows.flatMap((row) => row.map(([column]) => column)))].sort((a, b) => a - b);
  const ranks = new Map(all.map((column, rank) => [column, rank]));
  const ranges: [number, number][] = [];
  const columns: number[] = [];
  const weights: number[] = [];
  const known = new Map<string, [number, number]>();
  for (let first = 0; first < rows.length; first += block) {
    const members = Array.from({ length: block }, (_, i) => new Map(rows[first + i] ?? []));
    const own = [...new Set(members.flatMap((row) => [...row.keys()]))].sort((a, b) => a - b);
    for (const column of own) for (const row of members) weights.push(row.get(column) ?? 0);
    while (own.length % ways !== 0) {
      const next = ((ranks.get(own.at(-1) ?? 0) ?? 0) + 1) % all.length;
      own.push(all[next] ?? 0);
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

/** How many columns lists by blocks would have in all. */
export function entriesBy(rows: SparseRows, block: number): number {
  let entries = 0;
  for (let first = 0; first < rows.length; first += block) {
    const members = rows.slice(first, first + block);
    entries +=
      block === 1 ? (members[0]?.length ?? 0) : new Set(members.flatMap((row) => row.map(([at]) => at))).size;
  }
  return entries;
}
