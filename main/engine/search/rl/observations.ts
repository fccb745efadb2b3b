import type { Space } from '../space.ts';

/**
 * What a policy sees at each group, one after the other: what groups are (their place, their features, what they alone could save),
 * min-max scaled over the groups, columns of one value left out; then what was decided so far: the share kept, the share still to
 * come, both weighted by what groups could save, and the last ratio.
 */
export class Observations {
  readonly size: number;
  private readonly fixed: readonly (readonly number[])[];
  private readonly weights: readonly number[];

  constructor(space: Space) {
    const { groups } = space;
    const least = space.least();
    const whole = groups.map(({ units }) => units);
    const savings = groups.map((_, g) => 1 - space.share(whole.with(g, least[g] ?? 1)));
    const total = savings.reduce((sum, saving) => sum + saving, 0);
    this.weights = savings.map((saving) => (total === 0 ? 1 / groups.length : saving / total));
    const rows = groups.map(({ units, features }, g) => [g, Math.log(units), savings[g] ?? 0, ...features]);
    this.fixed = scaled(rows);
    this.size = (this.fixed[0]?.length ?? 0) + 3;
  }

  /** @param ratios of the groups before this one */
  at(group: number, ratios: readonly number[]): number[] {
    const kept = ratios.reduce((sum, ratio, g) => sum + ratio * (this.weights[g] ?? 0), 0);
    const rest = this.weights.slice(group).reduce((sum, weight) => sum + weight, 0);
    return [...(this.fixed[group] ?? []), kept, rest, ratios[group - 1] ?? 1];
  }
}

/** Columns from 0 to 1; those in which all rows are alike are left out. */
function scaled(rows: readonly (readonly number[])[]): number[][] {
  const columns = (rows[0] ?? []).map((_, c) => rows.map((row) => row[c] ?? 0));
  const ranges = columns.map((values) => [Math.min(...values), Math.max(...values)] as const);
  return rows.map((row) =>
    row.flatMap((value, c) => {
      const [low, high] = ranges[c] ?? [0, 0];
      return high > low ? [(value - low) / (high - low)] : [];
    }),
  );
}
