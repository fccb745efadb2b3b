import type { Data } from '../plan.ts';
import { littleEndianBytes } from '../../little-endian.ts';

/*
 * Constants as a module carries them, small: for each array in turn its kind, its length, and
 *   0  floats as they are;
 *   1  floats of which many are zero: how many are not, their gaps, and their values;
 *   2  a table: the differences of neighbours;
 *   3  a table of columns: the columns that it has, in ascending order as differences, and then for each entry the gap to it, counted
 *      in columns and round about: after the last comes the first.
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
  const places = [...values.keys()].filter((i) => values[i] !== 0);
  const gaps = places.map((place, i) => place - (i === 0 ? 0 : (places[i - 1] ?? 0) + 1));
  const rice = riceOf(gaps);
  if (places.length * 4 + rice.bits / 8 + 8 >= values.length * 4) {
    out.number(Kind.floats, values.length);
    out.bytes(littleEndianBytes(values));
    return;
  }
  out.number(Kind.sparse, values.length, places.length, rice.power);
  out.gaps(gaps, rice.power);
  out.bytes(littleEndianBytes(Float32Array.from(places, (place) => values[place] ?? 0)));
}

function packTable(out: Bytes, values: Uint32Array): void {
  const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
  const plain = new Bytes();
  values.forEach((value, i) => plain.number(zigzag(value - (values[i - 1] ?? 0))));
  const columns = [...new Set(values)].sort((a, b) => a - b);
  const ranks = new Map(columns.map((column, rank) => [column, rank]));
  const gaps = Array.from(values, (value, i) => {
    const before = i === 0 ? -1 : (ranks.get(values[i - 1] ?? 0) ?? 0);
    return ((ranks.get(value) ?? 0) - before - 1 + columns.length) % columns.length;
  });
  const rice = riceOf(gaps);
  const coded = new Bytes();
  coded.number(columns.length, rice.power);
  columns.forEach((column, i) => coded.number(column - (columns[i - 1] ?? 0)));
  coded.gaps(gaps, rice.power);
  const smaller = coded.length < plain.length;
  out.number(smaller ? Kind.columns : Kind.table, values.length);
  out.bytes((smaller ? coded : plain).all());
}

/** The power of two by which gaps take the fewest bits. */
function riceOf(gaps: readonly number[]): { power: number; bits: number } {
  let best = { power: 0, bits: Infinity };
  for (let power = 0; power < 24; power++) {
    const bits = gaps.reduce((sum, gap) => sum + Math.floor(gap / 2 ** power) + 1 + power, 0);
    if (bits < best.bits) best = { power, bits };
  }
  return best;
}

/** Bytes that grow. */
class Bytes {
  private room = new Uint8Array(1024);
  length = 0;

  number(...values: readonly number[]): void {
    for (const value of values) {
      let rest = value;
      while (rest >= 128) {
        this.byte((rest % 128) + 128);
        rest = Math.floor(rest / 128);
      }
      this.byte(rest);
    }
  }

  bytes(values: Uint8Array): void {
    for (const value of values) this.byte(value);
  }

  /** Bits, the lowest of a byte first, filled up to whole bytes. */
  gaps(gaps: readonly number[], power: number): void {
    let [held, count] = [0, 0];
    const bit = (value: number) => {
      held |= value << count;
      if (++count < 8) return;
      this.byte(held);
      [held, count] = [0, 0];
    };
    for (const gap of gaps) {
      for (let ones = Math.floor(gap / 2 ** power); ones > 0; ones--) bit(1);
      bit(0);
      for (let i = 0; i < power; i++) bit(Math.floor(gap / 2 ** i) % 2);
    }
    if (count > 0) this.byte(held);
  }

  all(): Uint8Array {
    return this.room.slice(0, this.length);
  }

  private byte(value: number): void {
    if (this.length === this.room.length) {
      const more = new Uint8Array(this.length * 2);
      more.set(this.room);
      this.room = more;
    }
    this.room[this.length++] = value;
  }
}
