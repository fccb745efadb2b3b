import type { MaskSet } from '../../network/graph.ts';

/** Masks kept for comparison, and the distance below which they count as settled: the paper's values. */
export const KEPT = 5;
const SETTLED = 0.1;

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

  /** Takes the newest masks; true when they have settled. */
  settled(newest: MaskSet): boolean {
    const bits = packed(newest);
    const others = this.masks.slice(-(KEPT - 1));
    this.masks = [...others, bits];
    if (this.masks.length < KEPT) return false;
    const entries = [...newest.values()].reduce((sum, mask) => sum + mask.length, 0);
    return others.every((mask) => differingBits(mask, bits) < SETTLED * entries);
  }

  save(): string[] {
    return this.masks.map((mask) => Buffer.from(mask).toString('base64'));
  }
}

/** Eight entries a byte, layer after layer. */
function packed(masks: MaskSet): Uint8Array {
  const parts = [...masks.values()];
  const bits = new Uint8Array(Math.ceil(parts.reduce((sum, mask) => sum + mask.length, 0) / 8));
  let at = 0;
  for (const mask of parts) {
    for (const bit of mask) {
      bits[at >> 3] = (bits[at >> 3] as number) | (bit << (at & 7));
      at++;
    }
  }
  return bits;
}

function differingBits(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    for (let rest = (a[i] as number) ^ (b[i] as number); rest !== 0; rest &= rest - 1) count++;
  }
  return count;
}
