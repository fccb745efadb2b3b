import type { MaskSet } from '../network/graph.ts';

/** How far a mask is from an earlier one of the same places, each 0..1. */
export interface MaskChange {
  /** Jaccard distance: 1 - |both keep| / |either keeps|. */
  readonly jaccard: number;
  /** Share of the places at which they differ: the Hamming distance over their number. */
  readonly hamming: number;
  /** Share of what the new mask keeps that the earlier one kept too. */
  readonly overlap: number;
}

/** A mask set at eight places a byte, one parameter after the other. */
export function packed(masks: MaskSet): Uint8Array {
  const parts = [...masks.values()];
  const bits = new Uint8Array(Math.ceil(placesOf(masks) / 8));
  let at = 0;
  for (const mask of parts) {
    for (const bit of mask) {
      bits[at >> 3] = (bits[at >> 3] as number) | (bit << (at & 7));
      at++;
    }
  }
  return bits;
}

/** Number of places of a mask set, kept or not. */
export function placesOf(masks: MaskSet): number {
  return [...masks.values()].reduce((sum, mask) => sum + mask.length, 0);
}

/**
 * The change from one packed mask set to another.
 * @param places how many of the bits are places; the last byte may have more.
 */
export function changeBetween(before: Uint8Array, after: Uint8Array, places: number): MaskChange {
  let both = 0;
  let differing = 0;
  let kept = 0;
  for (let i = 0; i < after.length; i++) {
    const [a, b] = [before[i] ?? 0, after[i] as number];
    both += onesIn(a & b);
    differing += onesIn(a ^ b);
    kept += onesIn(b);
  }
  const either = both + differing;
  return {
    jaccard: either === 0 ? 0 : differing / either,
    hamming: places === 0 ? 0 : differing / places,
    overlap: kept === 0 ? 1 : both / kept,
  };
}

function onesIn(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
