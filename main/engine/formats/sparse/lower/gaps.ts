import type { Stored } from '../plan.ts';
import type { Lists } from './lists.ts';

/** Lists that say of each column how far it lies behind the one before it. */
export interface Gaps {
  readonly block: number;
  /** How many entries each list has. */
  readonly counts: readonly number[];
  /** Of a list's first entry from column 0, or from the last entry of the list before. */
  readonly gaps: readonly number[];
  /** How many bits hold any of them. */
  readonly bits: number;
  /** [entry][block] */
  readonly weights: readonly number[];
}

/** Gaps of these bits are read fastest, and fast: from one byte. */
const [FASTEST, FAST] = [8, 4];
/** Fast ones may take so many times the room of the fewest bits. */
const WORTH = 1.03;
const BITS = [1, 2, 3, 4, 5, 6, 7, FASTEST, 16] as const;

/** How a table of counts is stored: in four bits where these hold all of them. More widths would be functions that differ in nothing else. */
export const countsStored = (counts: readonly number[]): Stored =>
  counts.every((count) => count < 2 ** 4) ? { bits: 4 } : {};

interface How {
  /** Of one weight. */
  readonly weightBytes: number;
  /** A byte for each gap may take so many times the room of the fewest bits. */
  readonly worth: number;
  /** How many entries there are at the least, some behind all lists where need be. */
  readonly least: number;
  /** Whether the first gap of a list is from the last column of the list before: columns ascend through all lists then. */
  readonly goOn?: boolean;
}

/**
 * Lists whose columns are gaps of as many bits as take the least room, or of a byte where that costs little more. A gap that these bits
 * do not hold becomes several, with weights of zero in between.
 * @param lists with columns in ascending order
 */
export function gapsOf(lists: Lists, { weightBytes, worth, least, goOn = false }: How): Gaps {
  const { block } = lists;
  const wanted = wantedGaps(lists, goOn);
  const sizes = BITS.map((bits) => {
    const most = mostIn(bits);
    const entries = wanted.flat().reduce((sum, gap) => sum + Math.max(1, Math.ceil(gap / most)), 0);
    return { bits, bytes: entries * block * weightBytes + (entries * bits) / 8 };
  });
  const shortest = sizes.reduce((best, next) => (next.bytes < best.bytes ? next : best));
  const within = (bits: number, worth: number) =>
    sizes.find((size) => size.bits === bits && size.bytes <= worth * shortest.bytes);
  const { bits } = within(FASTEST, worth) ?? within(FAST, Math.min(worth, WORTH)) ?? shortest;
  return { ...inBits(lists, wanted, mostIn(bits), least), block, bits };
}

const mostIn = (bits: number): number => 2 ** bits - 1;

function wantedGaps({ ranges, columns }: Lists, goOn: boolean): number[][] {
  let before = 0;
  return ranges.map(([from, to]) => {
    if (!goOn) before = 0;
    return columns.slice(from, to).map((column) => {
      const gap = column - before;
      before = column;
      return gap;
    });
  });
}

function inBits(
  { block, ranges, weights }: Lists,
  wanted: readonly (readonly number[])[],
  most: number,
  least: number,
): Pick<Gaps, 'counts' | 'gaps' | 'weights'> {
  const gaps: number[] = [];
  const stored: number[] = [];
  const add = (gap: number, values?: readonly number[]) => {
    gaps.push(gap);
    for (let i = 0; i < block; i++) stored.push(values?.[i] ?? 0);
  };
  const counts = wanted.map((own, list) => {
    const before = gaps.length;
    const [from = 0] = ranges[list] ?? [];
    own.forEach((gap, i) => {
      let left = gap;
      for (; left > most; left -= most) add(most);
      add(left, weights.slice((from + i) * block, (from + i + 1) * block));
    });
    return gaps.length - before;
  });
  // Nothing is read of it, but compilers warn of reading beyond an array where they see how short it is.
  while (gaps.length < least) add(0);
  return { counts, gaps, weights: stored };
}

/**
 * The period of positions whose periods differ by one number each, of all those the one that needs the fewest numbers; undefined where
 * none needs fewer than there are positions.
 */
export function periodOf(positions: readonly number[]): number | undefined {
  const at = (i: number) => positions[i] ?? 0;
  let found: number | undefined;
  let fewest = positions.length;
  for (let period = 2; period < positions.length; period++) {
    const numbers = period + Math.ceil(positions.length / period);
    if (numbers >= fewest) continue;
    const holds = positions.every(
      (position, i) => position - at(i % period) === at(i - (i % period)) - at(0),
    );
    if (holds) [found, fewest] = [period, numbers];
  }
  return found;
}
