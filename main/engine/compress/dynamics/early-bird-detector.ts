import type { MaskSet } from '../../network/graph.ts';
import { changeBetween, packed, placesOf, type MaskChange } from '../mask-change.ts';

/** Masks kept for comparison, and the distance below which they count as settled: values of the paper. */
export const KEPT = 5;
const SETTLED = 0.1;

/** What the newest masks are to those before. */
export interface Sighting {
  /** They have settled: a ticket. */
  readonly settled: boolean;
  /** Their distances to each of the masks kept, the oldest first. */
  readonly changes: readonly MaskChange[];
}

/**
 * Finds early-bird tickets (You et al. 2020): the mask that training would give now has settled when the newest of the last
 * five differs from each of the others in less than a tenth of its entries.
 */
export class EarlyBirdDetector {
  private masks: Uint8Array[];

  /** @param saved what `save` gave. */
  constructor(saved: readonly string[] = []) {
    this.masks = saved.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  }

  /** Takes the newest masks, and forgets those of five times ago. */
  take(newest: MaskSet): Sighting {
    const bits = packed(newest);
    const others = this.masks.slice(-(KEPT - 1));
    this.masks = [...others, bits];
    const changes = others.map((mask) => changeBetween(mask, bits, placesOf(newest)));
    return {
      settled: this.masks.length === KEPT && changes.every(({ hamming }) => hamming < SETTLED),
      changes,
    };
  }

  save(): string[] {
    return this.masks.map((mask) => Buffer.from(mask).toString('base64'));
  }
}
