import type { Data } from '../plan.ts';
import { littleEndianBytes } from '../../little-endian.ts';
import { Bytes } from './packed-bytes.ts';

/*
 * Constants as a module carries them, small: for each array in turn its kind, its length, and
 *   0  floats as they are;
 *   1  floats of which many are zero: how many are not, their gaps, and their values;
 *   2  a table as a sequence;
 *   3  a table of columns: how many columns it has, these in ascending order as a sequence, and then for each entry the gap to it,
 *      counted in columns and round about: after the last comes the first.
 * A sequence is the differences of neighbours: how many different ones there are, and these, the frequent ones first; then for each
 * entry which one it is, as a gap. Where that takes more room, 0, and the differences as they are.
 * Gaps are Rice codes (Rice and Plaut 1971): what a power of two leaves as so many ones and a zero, then the rest in bits; these are
 * preceded by the power. All other numbers are LEB128, differences with their signs in the lowest bit.
 */
const Kind = { floats: 0, sparse: 1, table: 2, columns: 3 } as const;

/** Packs constants; `unpack` in runtime.ts is the inverse. */
export function pack(data: readonly Data[]): Uint8Array {
  const out = new Bytes();
  for (const item of data) {
    if (item.is === 'floats') packFloats(out, item.values);
    else if (item.is === 'table') packTable(out, item.values);
    else throw new Error('modules have no weights of eight bits');
  }
  return out.all();
}

function packFloats(out: Bytes, values: Float32Array): void {
  const kept = values.filter((value) => value !== 0);
  const gaps = new Uint32Array(kept.length);
  let [found, gap] = [0, 0];
  for (const value of values) {
    if (value === 0) gap++;
    else [gaps[found++], gap] = [gap, 0];
  }
  const rice = riceOf(gaps);
  if (kept.length * 4 + rice.bits / 8 + 8 >= values.length * 4) {
    out.number(Kind.floats, values.length);
    out.bytes(littleEndianBytes(values));
    return;
  }
  out.number(Kind.sparse, values.length, kept.length, rice.power);
  out.gaps(gaps, rice.power);
  out.bytes(littleEndianBytes(kept));
}

function packTable(out: Bytes, values: Uint32Array): void {
  const plain = sequence(values);
  const coded = new Bytes();
  const columns = Uint32Array.from(new Set(values)).sort();
  const ranks = new Map<number, number>();
  columns.forEach((column, rank) => ranks.set(column, rank));
  let last = -1;
  const gaps = values.map((value) => {
    const rank = ranks.get(value) ?? 0;
    const gap = (rank - last - 1 + columns.length) % columns.length;
    last = rank;
    return gap;
  });
  const rice = riceOf(gaps);
  coded.number(columns.length);
  coded.bytes(sequence(columns).all());
  coded.number(rice.power);
  coded.gaps(gaps, rice.power);
  const smaller = coded.length < plain.length;
  out.number(smaller ? Kind.columns : Kind.table, values.length);
  out.bytes((smaller ? coded : plain).all());
}

/** Whole numbers one after the other, whose differences often are the same. */
function sequence(values: Uint32Array): Bytes {
  const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
  const differences = Array.from(values, (value, i) => zigzag(value - (values[i - 1] ?? 0)));
  const counts = new Map<number, number>();
  for (const difference of differences) counts.set(difference, (counts.get(difference) ?? 0) + 1);
  const distinct = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  const ranks = new Map(distinct.map((difference, rank) => [difference, rank]));
  const which = Uint32Array.from(differences, (difference) => ranks.get(difference) ?? 0);
  const rice = riceOf(which);
  const coded = new Bytes();
  coded.number(distinct.length, ...distinct, rice.power);
  coded.gaps(which, rice.power);
  const plain = new Bytes();
  plain.number(0, ...differences);
  return coded.length < plain.length ? coded : plain;
}

/** The power of two by which gaps take the fewest bits. */
function riceOf(gaps: Uint32Array): { power: number; bits: number } {
  const bitsBy = (power: number) => {
    let bits = gaps.length * (1 + power);
    for (const gap of gaps) bits += gap >>> power;
    return bits;
  };
  let best = { power: 0, bits: bitsBy(0) };
  // The number of bits has one minimum.
  for (let power = 1; power < 24; power++) {
    const bits = bitsBy(power);
    if (bits > best.bits) break;
    best = { power, bits };
  }
  return best;
}
