import type { MaskSet, WeightSet } from '../../network/graph.ts';

/** The mean magnitude of kept weights over that of picked ones at which a layer has given way (Wang et al. 2021). */
const ENOUGH = 1000;
/** Share of the earlier ratios in their running mean. */
const MOMENTUM = 0.9;

/** How small the weights that are to go have become beside those that stay: a running mean of the ratio of every layer. */
export class MagnitudeRatios {
  private readonly means: Map<string, number>;

  /** @param saved what `save` gave before an interruption. */
  constructor(saved: Readonly<Record<string, number>> = {}) {
    this.means = new Map(Object.entries(saved));
  }

  /**
   * Takes another look.
   * @param masks what stays (1) and what goes (0); layers of which all or nothing goes have no ratio.
   * @returns whether every layer with a ratio has given way.
   */
  add(weights: WeightSet, masks: MaskSet): boolean {
    for (const [name, mask] of masks) {
      const ratio = magnitudeRatio(weights.get(name)?.data ?? [], mask);
      if (ratio === undefined) continue;
      const mean = this.means.get(name);
      this.means.set(name, mean === undefined ? ratio : MOMENTUM * mean + (1 - MOMENTUM) * ratio);
    }
    return this.means.size > 0 && [...this.means.values()].every((mean) => mean >= ENOUGH);
  }

  save(): Record<string, number> {
    return Object.fromEntries(this.means);
  }
}

/** The layer whose picked weights are the largest beside those that stay; undefined where no layer has both. */
export function leastRatio(weights: WeightSet, masks: MaskSet): { name: string; ratio: number } | undefined {
  const found = [...masks].flatMap(([name, mask]) => {
    const ratio = magnitudeRatio(weights.get(name)?.data ?? [], mask);
    return ratio === undefined ? [] : [{ name, ratio }];
  });
  return found.toSorted((a, b) => a.ratio - b.ratio)[0];
}

/** Weights that went to zero exactly count as this large, so that a ratio stays a number that JSON can keep. */
const SMALLEST = 1e-30;

function magnitudeRatio(values: ArrayLike<number>, mask: Uint8Array): number | undefined {
  let [kept, picked, keptCount] = [0, 0, 0];
  mask.forEach((stays, i) => {
    const magnitude = Math.abs(values[i] as number);
    if (stays === 1) {
      kept += magnitude;
      keptCount++;
    } else picked += magnitude;
  });
  const pickedCount = mask.length - keptCount;
  if (keptCount === 0 || pickedCount === 0) return undefined;
  return kept / keptCount / Math.max(SMALLEST, picked / pickedCount);
}
