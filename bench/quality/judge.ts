import type { RunResult } from '../../main/engine/sweep/results.ts';
import { estimate, pairedDifference, type Estimate } from '../../main/engine/sweep/statistics.ts';
import type { Check, Place } from './checks.ts';

export type Verdict =
  'met' | 'not met' | 'not told from noise' | 'ahead, one seed' | 'behind, one seed' | 'no runs' | 'no band';

export interface Judgement {
  /** Our number in words. */
  readonly ours: string;
  readonly asked: string;
  readonly verdict: Verdict;
}

/** Results by grid. */
export type Measured = ReadonlyMap<string, readonly RunResult[]>;

/** Holds a check against what was measured. */
export function judge(check: Check, measured: Measured): Judgement {
  switch (check.kind) {
    case 'at-least':
      return atLeast(accuracies(check.of, measured), check.accuracy);
    case 'beside': {
      const values = [...accuracies(check.of, measured).values()];
      if (values.length === 0) return { ours: '–', asked: '', verdict: 'no runs' };
      return { ours: estimateWords(estimate(values)), asked: '', verdict: 'no band' };
    }
    case 'above': {
      const gap = check.gap ?? 0;
      const asked = gap === 0 ? 'above' : `by more than ${points(gap)} points`;
      const [own, other] = [accuracies(check.of, measured), accuracies(check.than, measured)];
      const difference = pairedDifference(own, other);
      const ahead = [...own].filter(([seed, accuracy]) => accuracy > (other.get(seed) ?? Infinity)).length;
      const words = `${differenceWords(difference)}${difference === null ? '' : `, ahead with ${ahead}`}`;
      return { ...compared(difference, gap), ours: words, asked };
    }
    case 'matches': {
      const difference = pairedDifference(accuracies(check.of, measured), accuracies(check.with, measured));
      const verdict = difference === null ? 'no runs' : difference.mean >= -check.margin ? 'met' : 'not met';
      return { ours: differenceWords(difference), asked: `not below by ${points(check.margin)}`, verdict };
    }
    case 'empties':
      return empties(finished(check.of, measured), check.expected);
  }
}

function atLeast(values: ReadonlyMap<number, number>, accuracy: number): Judgement {
  const asked = `at least ${percent(accuracy)}`;
  if (values.size === 0) return { ours: '–', asked, verdict: 'no runs' };
  const found = estimate([...values.values()]);
  return { ours: estimateWords(found), asked, verdict: found.mean >= accuracy ? 'met' : 'not met' };
}

/** Met where the mean is beyond the gap and its 95 % interval does not reach back over zero; one seed has no interval. */
function compared(difference: Estimate | null, gap: number): { verdict: Verdict } {
  if (difference === null) return { verdict: 'no runs' };
  const { mean, half } = difference;
  if (half === null) return { verdict: mean > gap ? 'ahead, one seed' : 'behind, one seed' };
  if (mean <= gap) return { verdict: mean + half > gap ? 'not told from noise' : 'not met' };
  return { verdict: mean - half <= 0 ? 'not told from noise' : 'met' };
}

function empties(runs: readonly RunResult[], expected: boolean): Judgement {
  const asked = expected ? 'empties a layer' : 'empties none';
  if (runs.length === 0) return { ours: '–', asked, verdict: 'no runs' };
  const emptied = runs.filter((run) => run.emptyLayers.length > 0).length;
  const right = expected ? emptied === runs.length : emptied === 0;
  return {
    ours: `${emptied} of ${runs.length} seeds with an empty layer`,
    asked,
    verdict: right ? 'met' : 'not met',
  };
}

/** Test accuracy by seed. */
function accuracies(place: Place, measured: Measured): Map<number, number> {
  if (place.series === 'dense') {
    const runs = measured.get(place.grid) ?? [];
    return new Map(
      runs.flatMap((run) => (run.denseAccuracy === null ? [] : [[run.seed, run.denseAccuracy]])),
    );
  }
  return new Map(finished(place, measured).map((run) => [run.seed, run.accuracy ?? NaN]));
}

function finished({ grid, series, budget }: Place, measured: Measured): RunResult[] {
  const runs = measured.get(grid) ?? [];
  return runs.filter((run) => run.state === 'finished' && run.series === series && run.budget === budget);
}

function differenceWords(difference: Estimate | null): string {
  if (difference === null) return '–';
  const { mean, half, n } = difference;
  const interval = half === null ? '' : ` ± ${points(half)}`;
  return `${mean > 0 ? '+' : ''}${points(mean)}${interval} points (${n})`;
}

function estimateWords({ mean, half, n }: Estimate): string {
  return half === null ? `${percent(mean)} (${n})` : `${percent(mean)} ± ${points(half)} (${n})`;
}

function percent(fraction: number): string {
  return (fraction * 100).toFixed(2);
}

function points(fraction: number): string {
  return (fraction * 100).toFixed(2).replace('-', '−');
}
