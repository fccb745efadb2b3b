type Scores = Float32Array | Float64Array;

/**
 * Marks the `keep` highest scores across several arrays with 1. Exact in the presence of ties: among equal scores, the
 * earlier array and the lower index win. NaN counts as the lowest score.
 */
export function topK(scores: readonly Scores[], keep: number): Uint8Array[] {
  const total = scores.reduce((sum, part) => sum + part.length, 0);
  const sorted = scores.some((part) => part instanceof Float64Array)
    ? new Float64Array(total)
    : new Float32Array(total);
  let offset = 0;
  for (const part of scores) {
    for (let i = 0; i < part.length; i++) sorted[offset++] = lowest(part[i] as number);
  }
  sorted.sort();
  const masks = scores.map((part) => new Uint8Array(part.length));
  if (keep <= 0) return masks;
  const threshold = sorted[Math.max(0, total - keep)] as number;
  let above = 0;
  for (let i = total - 1; i >= 0 && (sorted[i] as number) > threshold; i--) above++;
  let ties = Math.min(keep, total) - above;
  scores.forEach((part, p) => {
    const mask = masks[p] as Uint8Array;
    for (let i = 0; i < part.length; i++) {
      const score = lowest(part[i] as number);
      if (score > threshold) mask[i] = 1;
      else if (score === threshold && ties > 0) {
        mask[i] = 1;
        ties--;
      }
    }
  });
  return masks;
}

function lowest(score: number): number {
  return Number.isNaN(score) ? -Infinity : score;
}
