import type { Data, Stored } from '../plan.ts';

/** What elements take of C's types. */
export const BYTES = { float: 4, int8_t: 1, uint8_t: 1, uint16_t: 2, uint32_t: 4 } as const;

/** How the elements of an array are stored: each as a type of C's, or as its plan has it. */
export interface Elements extends Stored {
  readonly type: keyof typeof BYTES;
}

/**
 * Bits are those that are less than a byte: each entry one behind the other, from the lowest bit of the first byte on. Of a table in
 * periods come the entries of the first one, and what each adds. Else a table has the narrowest type that holds its entries.
 */
export function elementsOf(data: Data): Elements {
  if (data.is === 'floats') return { type: 'float' };
  if (data.is === 'bytes') return { type: 'int8_t' };
  const { bits, period } = data.stored ?? {};
  if (bits !== undefined && bits < 8) return { type: 'uint8_t', bits };
  const most = data.values.reduce((most, value) => Math.max(most, value), 0);
  const type = most < 2 ** 8 ? 'uint8_t' : most < 2 ** 16 ? 'uint16_t' : 'uint32_t';
  return period === undefined ? { type } : { type, period };
}

/** The numbers that an array has in C. */
export function storedValues(data: Data): ArrayLike<number> {
  const { bits, period } = elementsOf(data);
  if (bits !== undefined) return packed(data.values, bits);
  return period === undefined ? data.values : inPeriods(data.values, period);
}

function packed(values: ArrayLike<number>, bits: number): Uint8Array {
  // An entry is read from two bytes: behind the last one comes another.
  const bytes = new Uint8Array(Math.ceil((values.length * bits) / 8) + 1);
  for (let i = 0; i < values.length; i++) {
    const [byte, shift] = [Math.floor((i * bits) / 8), (i * bits) % 8];
    const shifted = (values[i] ?? 0) << shift;
    bytes[byte] = (bytes[byte] ?? 0) | (shifted & 255);
    bytes[byte + 1] = (bytes[byte + 1] ?? 0) | (shifted >> 8);
  }
  return bytes;
}

function inPeriods(values: ArrayLike<number>, period: number): number[] {
  const all = Array.from(values);
  const [least = 0] = all;
  return [...all.slice(0, period), ...all.flatMap((value, i) => (i % period === 0 ? [value - least] : []))];
}
