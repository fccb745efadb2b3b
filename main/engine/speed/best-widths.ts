import type { MeasuredWidths } from '../../contract/speed.ts';
import { bestShares } from '../compress/solve/shares.ts';
import { predictedMs } from './widths.ts';

/**
 * The widths that lose the least of those whose layers are predicted to take so long at the most: one of the widths worth having for
 * every group, as in HALP (Shen et al. 2021, arXiv 2110.10811).
 * @param lossOf what a group loses that keeps so many of its units; fewer never lose less
 * @param share the most that may be left of the predicted time with all units
 * @returns by group; the narrowest worth having where none are predicted to take so little
 */
export function bestWidths(
  measured: MeasuredWidths,
  lossOf: (group: string, width: number) => number,
  share: number,
): ReadonlyMap<string, number> {
  const { groups } = measured;
  const units = new Map(groups.map((group) => [group.name, group.units]));
  const widthOf = (name: string, gone: number) => Math.round((1 - gone) * (units.get(name) ?? 0));
  const widthsOf = (shares: ReadonlyMap<string, number>) =>
    new Map(groups.map(({ name }) => [name, widthOf(name, shares.get(name) ?? 0)]));
  const offered = new Map(
    groups.map(({ name, widths }) => [name, new Set(widths.map(({ width }) => width))]),
  );
  const curves = groups.map(({ name, units: all, widths }) => ({
    name,
    points: widths
      .filter(({ width }) => width < all)
      .map(({ width }) => ({ share: 1 - width / all, rise: { mean: lossOf(name, width) } })),
  }));
  const isOffered = (name: string, gone: number) => {
    const width = (1 - gone) * (units.get(name) ?? 0);
    // Shares between those worth having are none.
    return Math.abs(width - Math.round(width)) < 1e-9 && offered.get(name)?.has(Math.round(width)) === true;
  };
  const whole = predictedMs(measured, new Map());
  const found = bestShares(
    { groups: curves },
    (shares) => predictedMs(measured, widthsOf(shares)),
    share * whole,
    isOffered,
  );
  if (found !== undefined) return widthsOf(found.shares);
  return new Map(groups.map(({ name, units: all, widths }) => [name, widths[0]?.width ?? all]));
}
