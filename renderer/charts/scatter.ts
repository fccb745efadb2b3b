/** Where things lie on the scatter of accuracy over what is left. */

export interface ScatterPoint {
  readonly id: number;
  readonly label: string;
  /** A colour token. */
  readonly color: string;
  /** Share that is left of what the run's budget is of, 0..1. */
  readonly kept: number;
  readonly accuracy: number;
  /** Accuracy of the dense network of the same run; null where none was trained. */
  readonly baseline: number | null;
}

const shares = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];

/** The shares to mark on a logarithmic axis: from all to just below the least. */
export function keptTicks(kept: readonly number[]): readonly number[] {
  const least = Math.max(shares.at(-1) ?? 0, Math.min(0.5, ...kept));
  const end = shares.findIndex((share) => share <= least);
  return shares.slice(0, end + 1);
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
