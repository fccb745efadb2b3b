import type { Random } from '../../../main/engine/base/random.ts';
import { Widths } from '../../../main/engine/compress/widths.ts';
import { Space } from '../../../main/engine/search/space.ts';

interface Group {
  readonly units: number;
  readonly step?: number;
  readonly least?: number;
}

/** A space of groups; what is left is counted in units unless otherwise said. */
export function spaceOf(
  groups: readonly Group[],
  limit: number,
  amountOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0),
): Space {
  const named = groups.map(({ units, step = 1 }, g) => ({
    name: `group-${g}`,
    shape: [units],
    units,
    costs: 1,
    step,
  }));
  const scores = new Map(named.map(({ name, units }) => [name, new Float64Array(units)]));
  const leastOf = new Map(named.map(({ name }, g) => [name, groups[g]?.least ?? 1]));
  const widths = new Widths(named, scores, ({ name }) => leastOf.get(name) ?? 1);
  return new Space(
    named.map(({ name, units }) => ({ name, units, features: [] })),
    widths,
    amountOf,
    limit,
  );
}

/** Some groups whose costs multiply from one to the next, as the MACs of a chain of layers do. */
export function drawnSpace(random: Random): Space {
  const groups = Array.from({ length: 1 + random.int(6) }, () => {
    const units = 2 + random.int(60);
    return { units, step: random.int(3) === 0 ? 4 : 1, least: 1 + random.int(Math.max(1, units >> 3)) };
  });
  const sizes = groups.map(() => 1 + random.int(9));
  const chain = (counts: readonly number[]) =>
    [3, ...counts].reduce((sum, count, i) => sum + count * (counts[i] ?? 10) * (sizes[i] ?? 1), 0);
  return spaceOf(groups, 0.15 + 0.7 * random.float(), chain);
}
