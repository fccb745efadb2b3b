import type { Lists } from './lists.ts';

/** The longest distance that a byte holds. */
const BYTE = 255;

/**
 * Lists whose columns are distances: of a list's first column from the beginning, of each other one from the column before. Distances
 * that a byte does not hold become several, with weights of zero in between, where that takes less room than two bytes for each.
 * @param lists in ascending order, of any length
 * @param least how many entries all lists have together at the least
 */
export function distancesOf(lists: Lists, least: number): Lists {
  const bytes = distancesUpTo(lists, least, BYTE);
  const words = distancesUpTo(lists, least, Infinity);
  const fits = words.columns.every((distance) => distance <= BYTE);
  // A weight takes a byte at least.
  return fits || bytes.columns.length * 2 <= words.columns.length * 3 ? bytes : words;
}

function distancesUpTo({ block, ranges, columns, weights }: Lists, least: number, most: number): Lists {
  const made = { block, ranges: [] as [number, number][], columns: [] as number[], weights: [] as number[] };
  const nothing = Array.from({ length: block }, () => 0);
  const add = (distance: number, values: readonly number[]) => {
    made.columns.push(distance);
    for (const value of values) made.weights.push(value);
  };
  for (const [from, to] of ranges) {
    const first = made.columns.length;
    let before = 0;
    for (let i = from; i < to; i++) {
      const column = columns[i] ?? 0;
      while (column - before > most) {
        add(most, nothing);
        before += most;
      }
      add(column - before, weights.slice(i * block, (i + 1) * block));
      before = column;
    }
    made.ranges.push([first, made.columns.length]);
  }
  // Nothing is read of it, but compilers warn of reading beyond an array where they see how short it is.
  while (made.columns.length < least) add(0, nothing);
  return made;
}
