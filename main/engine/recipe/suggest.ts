/**
 * The candidate that was probably meant: within two slips (a wrong, missing, extra or swapped letter), fewer for short
 * names; or the only one that the name abbreviates. Undefined when nothing is close enough or the name is a candidate.
 */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = normal(name);
  if (wanted.length === 0 || wanted.length > 100) return undefined;
  const allowed = wanted.length < 4 ? 1 : 2;
  let best: string | undefined;
  let fewest = allowed + 1;
  for (const candidate of candidates) {
    if (candidate === name) return undefined;
    const slips = distance(wanted, normal(candidate));
    if (slips < fewest) {
      fewest = slips;
      best = candidate;
    }
  }
  if (best !== undefined || wanted.length < 3) return best;
  const longer = candidates.filter((candidate) => normal(candidate).startsWith(wanted));
  return longer.length === 1 ? longer[0] : undefined;
}

/** Case, hyphens, underscores and spaces are no slips. */
function normal(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}

/** Edit distance with transpositions of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j - 1] ?? 0) + (same ? 0 : 1), (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
