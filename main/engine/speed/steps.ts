/** A width, and the time that is taken with it as a share of that with all units. */
export interface WidthTime {
  readonly width: number;
  readonly time: number;
}

/** Widths that are worth having. */
export interface Steps {
  /** Units that are computed at once; null where widths make no steps that can be told. */
  readonly step: number | null;
  /** Widths of which a unit more costs a step, or where no steps can be told the first that save time; the whole width last. */
  readonly edges: readonly number[];
}

/** What a unit more must cost beyond its own share to be the edge of a step, and what a width must save to be worth having: less is noise. */
const TOLD = 0.05;
/** Numbers of units that kernels may compute at once, the largest first. */
const STEPS = [64, 32, 16, 8, 4, 2];
/** So much of what edges cost lies at multiples of the step. */
const AT_STEPS = 0.8;
/** Of a step's own edge. */
const SAVES = 0.02;

/**
 * How time climbs with a width: by a step at every so many units, each of which costs nothing up to the next, or without any that can
 * be told. Between steps a unit more is for nothing, so that the widths to have are the last before a step.
 * @param times ascending by width, all units last; of every edge that is looked for the width after it, too
 */
export function stepsOf(times: readonly WidthTime[]): Steps {
  const last = times.at(-1);
  if (last === undefined) return { step: null, edges: [] };
  // A width that takes longer than a larger one has no merit of its own.
  const least = times.map(({ width }, i) => ({
    width,
    time: Math.min(...times.slice(i).map(({ time }) => time)),
  }));
  const jumps = least.flatMap(({ width, time }, i) => {
    const next = least[i + 1];
    if (next?.width !== width + 1) return [];
    const costs = next.time / time - 1 - 1 / width;
    return costs > TOLD ? [{ width, costs }] : [];
  });
  const sum = (some: readonly { readonly costs: number }[]) =>
    some.reduce((total, { costs }) => total + costs, 0);
  const atMultiples = (step: number) => sum(jumps.filter(({ width }) => width % step === 0));
  const step = jumps.length === 0 ? undefined : STEPS.find((each) => atMultiples(each) >= AT_STEPS * sum(jumps)); // prettier-ignore
  const edges = [last.width];
  let best = last.time;
  for (const { width, time } of least.slice(0, -1).toReversed()) {
    // Below the first step time may fall with every unit.
    const inside = step !== undefined && width > step;
    if (inside && width % step !== 0) continue;
    const saves = step !== undefined && width >= step ? SAVES : TOLD;
    if (time > best * (1 - saves)) continue;
    edges.unshift(width);
    best = time;
  }
  return { step: step ?? null, edges };
}

/** Widths to be timed of so many units: all of a few, else those that steps may lie at and the next ones. */
export function widthsToTime(units: number): number[] {
  const all = Array.from({ length: units }, (_, i) => i + 1);
  if (units <= 32) return all;
  const grain = Math.max(4, 2 ** Math.ceil(Math.log2(units / 16)));
  return all.filter((width) => width === units || width % grain === 0 || (width > grain && width % grain === 1)); // prettier-ignore
}
