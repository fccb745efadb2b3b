type Scores = Float32Array | Float64Array;

/**
 * Marks the `keep` highest scores across several arrays with 1. Exact in the presence of ties: among equal scores, the
 * earlier array and the lower index win. NaN counts as the lowest score.
 */
export function topK(scores: readonly Scores[], keep: number): Uint8Array[] {
  const total = scores.reduce((sum, part) => sum + part.length, 0);
  const masks = scores.map((part) => new Uint8Array(part.length));
  if (keep <= 0 || total === 0) return masks;
  const all = scores.some((part) => part instanceof Float64Array)
    ? new Float64Array(total)
    : new Float32Array(total);
  let offset = 0;
  for (const part of scores) {
    for (let i = 0; i < part.length; i++) all[offset++] = orderable(part[i] as number);
  }
  const place = Math.max(0, total - keep);
  const threshold = smallest(all, place);
  let above = 0;
  for (let i = place; i < total; i++) if ((all[i] as number) > threshold) above++;
  let ties = Math.min(keep, total) - above;
  scores.forEach((part, p) => {
    const mask = masks[p] as Uint8Array;
    for (let i = 0; i < part.length; i++) {
      const score = orderable(part[i] as number);
      if (score > threshold) mask[i] = 1;
      else if (score === threshold && ties > 0) {
        mask[i] = 1;
        ties--;
      }
    }
  });
  return masks;
}

/**
 * The value that sorting would put at index `k`. Rearranges: afterwards nothing before `k` is larger and nothing after it is
 * smaller (Hoare 1961, with the median of three as pivot).
 */
function smallest(values: Scores, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = median(values[low] as number, values[(low + high) >> 1] as number, values[high] as number);
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const held = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = held;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k] as number;
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** The score as rankings take it: what is no number comes last. */
export function orderable(score: number): number {
  return Number.isNaN(score) ? -Infinity : score;
}
