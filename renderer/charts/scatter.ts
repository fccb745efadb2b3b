/** Where things lie on the scatter of accuracy over a cost. */

export interface ScatterPoint {
  readonly id: number;
  readonly label: string;
  /** A colour token. */
  readonly color: string;
  /** What the network costs; above 0. */
  readonly x: number;
  readonly accuracy: number;
  /** The same of the network that the run began with; null where that was not measured. */
  readonly baseline: { readonly x: number; readonly accuracy: number } | null;
}

/**
 * Ticks of a logarithmic axis at 1, 2 and 5 times powers of ten: from just below the least of the values to just above the most,
 * and no more than about eight, so that words fit below them.
 * @param values above 0
 */
export function logTicks(values: readonly number[]): readonly number[] {
  const [least, most] = values.length === 0 ? [1, 10] : [Math.min(...values), Math.max(...values)];
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  const fine = ticksAt([1, 2, 5], first, last, least, most);
  return fine.length <= 8 ? fine : ticksAt([1], first, last, least, most);
}

function ticksAt(factors: readonly number[], first: number, last: number, least: number, most: number) {
  const powers = Array.from({ length: last - first + 2 }, (_, n) => first + n);
  const all = powers.flatMap((power) =>
    factors.map((factor) => Number((factor * 10 ** power).toPrecision(12))),
  );
  const from = all.findLastIndex((tick) => tick <= least);
  const to = all.findIndex((tick) => tick >= most);
  return all.slice(from, Math.max(to, from + 1) + 1);
}

/** Points that no other beats: none costs as little and is as accurate, or better in one of the two. By rising cost. */
export function frontier<P extends { readonly x: number; readonly accuracy: number }>(
  points: readonly P[],
): P[] {
  const order = [...points].sort((a, b) => a.x - b.x || b.accuracy - a.accuracy);
  let best = -Infinity;
  return order.filter(({ accuracy }) => {
    if (accuracy <= best) return false;
    best = accuracy;
    return true;
  });
}

/** Heights for labels in a column: as near to where they belong as can be, in order, and never closer than `room`. */
export function spread(
  wanted: readonly number[],
  room: number,
  top: number,
  bottom: number,
): readonly number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  let free = top;
  for (const label of order) {
    label.y = Math.max(label.y, free);
    free = label.y + room;
  }
  let limit = bottom;
  for (const label of [...order].reverse()) {
    label.y = Math.min(label.y, limit);
    limit = label.y - room;
  }
  const placed = [...wanted];
  for (const { y, index } of order) placed[index] = y;
  return placed;
}
