import type { RunResult } from '../contract/api.ts';
import type { Latency, Pairs, Report, Side } from '../contract/report.ts';

/** What counts as a difference, for the studio, the report and the command line alike. */

/** The normal distribution's 97.5 % quantile: intervals hold the true value in 95 of 100 cases. */
const Z = 1.96;

/** The standard error of a median time, in milliseconds: of n calls about 1.25 times that of their mean, whose spread p95 tells. */
export function medianError({ median, p95, runs }: Latency): number {
  return (1.25 * (p95 - median)) / 1.645 / Math.sqrt(runs);
}

/**
 * True when two medians that were measured in turns differ by more than chance would: by more than 5 % (below that, page
 * layout and clock frequency decide) and by more than three standard errors.
 */
export function latencyDiffers(a: Latency, b: Latency): boolean {
  const difference = Math.abs(a.median - b.median);
  return (
    difference > Math.max(0.05 * Math.max(a.median, b.median), 3 * Math.hypot(medianError(a), medianError(b)))
  );
}

/**
 * The interval that holds the true share in 95 of 100 cases, where so many samples have it (Wilson 1927, Journal of the American
 * Statistical Association 22).
 * @param samples at least 1
 */
export function shareInterval(share: number, samples: number): { low: number; high: number } {
  const square = Z ** 2 / samples;
  const center = (share + square / 2) / (1 + square);
  const half = (Z * Math.sqrt((share * (1 - share)) / samples + square / (4 * samples))) / (1 + square);
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

/** A difference of two shares of samples, as fractions, with the interval that holds the true one in 95 of 100 cases. */
export interface ShareChange {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Whether the interval leaves out 0: else the samples cannot tell the difference from none. */
  readonly measurable: boolean;
}

const change = (difference: number, center: number, half: number): ShareChange => {
  const [low, high] = [Math.max(-1, center - half), Math.min(1, center + half)];
  return { difference, low, high, measurable: difference !== 0 && (low > 0 || high < 0) };
};

/**
 * How a share changed on the same samples, of which `lost` were right only before and `gained` only afterwards: Wald's interval
 * for matched pairs with half a sample added to each of the four cells (Agresti and Min 2005, Statistics in Medicine 24).
 */
export function pairedChange({ lost, gained, samples }: Pairs): ShareChange {
  const n = samples + 2;
  const [b, c] = [lost + 0.5, gained + 0.5];
  const center = (c - b) / n;
  return change((gained - lost) / samples, center, (Z * Math.sqrt(b + c - (c - b) ** 2 / n)) / n);
}

/**
 * The same where it is not known which samples changed: as for samples of two different draws, which is wider (Agresti and
 * Caffo 2000, The American Statistician 54: one right and one wrong sample added to each).
 * @param samples test samples of either
 */
export function unpairedChange(before: number, after: number, samples: number): ShareChange {
  const n = samples + 2;
  const shrunk = (share: number) => (share * samples + 1) / n;
  const [p, q] = [shrunk(before), shrunk(after)];
  return change(after - before, q - p, Z * Math.sqrt((p * (1 - p) + q * (1 - q)) / n));
}

/** What a report compares with: the person's own file as it came, else the dense network; null where there was neither. */
export function referenceOf({ original, dense }: Pick<Report, 'original' | 'dense'>): Side | null {
  return original ?? dense;
}

/** What of a report it takes to tell how the accuracy changed. */
export type AccuracyFacts = Pick<Report, 'original' | 'dense' | 'compressed' | 'pairs'> & {
  readonly data: Pick<Report['data'], 'test'>;
};

/** How the accuracy changed against the reference; null where there is none. */
export function accuracyChange(facts: AccuracyFacts): ShareChange | null {
  const { compressed, pairs, data } = facts;
  const denseAccuracy = referenceOf(facts)?.accuracy ?? null;
  return resultChange({ denseAccuracy, accuracy: compressed.accuracy, pairs, test: data.test });
}

/** The same of the figures that lists show. */
export function resultChange({
  denseAccuracy,
  accuracy,
  pairs,
  test,
}: Pick<RunResult, 'denseAccuracy' | 'accuracy' | 'pairs' | 'test'>): ShareChange | null {
  if (denseAccuracy === null) return null;
  return pairs === null ? unpairedChange(denseAccuracy, accuracy, test) : pairedChange(pairs);
}
