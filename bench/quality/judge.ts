import type { Estimate } from '../../main/contract/sweep-list.ts';
import { estimate, pairedDifference } from '../../main/words/estimate.ts';
import { exceeds, reaches, type Finding } from './bounds.ts';
import type { Check, Place } from './checks/check.ts';
import { denseBySeed, type Row } from './rows.ts';
import { estimateWords, percent, points, differenceWords } from './words.ts';

/** 'unequal epochs': one side trained longer, and there is no dense network that trained as long to stand beside. */
export type Verdict = Finding | 'unequal epochs' | 'no runs' | 'no band';

export interface Judgement {
  /** Our number in words. */
  readonly ours: string;
  readonly asked: string;
  readonly verdict: Verdict;
  /** Whether runs of a former form of a method are among those that it goes by. */
  readonly old: boolean;
}

/** Rows by grid. */
export type Measured = ReadonlyMap<string, readonly Row[]>;

/** Whether a check is decided by an interval: one of the tests that are counted. */
export function goesByInterval({ kind }: Check): boolean {
  return kind === 'at-least' || kind === 'above' || kind === 'matches';
}

/** Holds a check against what was measured. */
export function judge(check: Check, measured: Measured): Judgement {
  const of = seen(check.of, measured);
  switch (check.kind) {
    case 'at-least': {
      const asked = `at least ${percent(check.accuracy)}`;
      const found = of.estimate;
      const verdict = found === null ? 'no runs' : reaches(found, check.accuracy);
      return { ours: estimateWords(found), asked, verdict, old: of.old };
    }
    case 'beside': {
      const verdict = of.estimate === null ? 'no runs' : 'no band';
      return { ours: estimateWords(of.estimate), asked: '', verdict, old: of.old };
    }
    case 'above': {
      const gap = check.gap ?? 0;
      const asked = gap === 0 ? 'above' : `by more than ${points(gap)} points`;
      const than = seen(check.than, measured);
      return compared(of, than, longerThan(check.longer, measured), asked, (difference) =>
        exceeds(difference, gap),
      );
    }
    case 'matches': {
      const asked = `not below by more than ${points(check.margin)}`;
      const other = seen(check.with, measured);
      return compared(of, other, longerThan(check.longer, measured), asked, (difference) =>
        reaches(difference, -check.margin),
      );
    }
    case 'empties':
      return empties(of, check.expected);
  }
}

/** What was measured at a place. */
interface Seen {
  readonly rows: readonly Row[];
  /** By seed. */
  readonly accuracies: ReadonlyMap<number, number>;
  readonly estimate: Estimate | null;
  /** Of all trainings that a result needs; null where they differ from run to run, or there are none. */
  readonly epochs: number | null;
  readonly old: boolean;
}

function seen(place: Place, measured: Measured): Seen {
  const rows = measured.get(place.grid) ?? [];
  if (place.series === 'dense') {
    const dense = denseBySeed(rows);
    const accuracies = new Map([...dense].map(([seed, { accuracy }]) => [seed, accuracy]));
    return sum([], accuracies, new Set([...dense.values()].map(({ epochs }) => epochs)), false);
  }
  const own = rows.filter(
    (row) => row.state === 'finished' && row.series === place.series && row.budget === place.budget,
  );
  const accuracies = new Map(
    own.flatMap((row): [number, number][] => {
      const value = place.best === true ? row.bestValidation : row.accuracy;
      return value === null ? [] : [[row.seed, value]];
    }),
  );
  return sum(
    own,
    accuracies,
    new Set(own.map(({ epochs }) => epochs)),
    own.some(({ old }) => old !== null),
  );
}

function sum(
  rows: readonly Row[],
  accuracies: ReadonlyMap<number, number>,
  epochs: ReadonlySet<number | null>,
  old: boolean,
): Seen {
  const values = [...accuracies.values()];
  const [only = null] = epochs;
  return {
    rows,
    accuracies,
    estimate: values.length === 0 ? null : estimate(values),
    epochs: epochs.size === 1 ? only : null,
    old,
  };
}

function longerThan(place: Place | undefined, measured: Measured): Seen | null {
  return place === undefined ? null : seen(place, measured);
}

/** Two places by their difference; of trainings of different lengths only beside a dense network that trained as long. */
function compared(
  of: Seen,
  other: Seen,
  longer: Seen | null,
  asked: string,
  find: (difference: Estimate) => Finding,
): Judgement {
  const difference = pairedDifference(of.accuracies, other.accuracies);
  const old = of.old || other.old || (longer?.old ?? false);
  if (difference === null) return { ours: '–', asked, verdict: 'no runs', old: false };
  const ahead = [...of.accuracies].filter(
    ([seed, value]) => value > (other.accuracies.get(seed) ?? Infinity),
  );
  const words = `${differenceWords(difference)}, ahead with ${ahead.length}`;
  const equal = of.epochs !== null && of.epochs === other.epochs;
  if (equal) return { ours: words, asked, verdict: find(difference), old };
  const lengths = `${epochWords(of.epochs)} against ${epochWords(other.epochs)} epochs`;
  const most = Math.max(of.epochs ?? Infinity, other.epochs ?? Infinity);
  const shorter = longer === null || longer.epochs === null || longer.epochs < most;
  if (shorter || longer.estimate === null)
    return { ours: `${words}; ${lengths}`, asked, verdict: 'unequal epochs', old };
  const beside = `dense with ${longer.epochs} epochs: ${estimateWords(longer.estimate)}`;
  return { ours: `${words}; ${lengths}; ${beside}`, asked, verdict: find(difference), old };
}

function epochWords(epochs: number | null): string {
  return epochs === null ? 'various' : String(epochs);
}

function empties({ rows, old }: Seen, expected: boolean): Judgement {
  const asked = expected ? 'empties a layer' : 'empties none';
  if (rows.length === 0) return { ours: '–', asked, verdict: 'no runs', old };
  const emptied = rows.filter((row) => row.emptyLayers.length > 0).length;
  const right = expected ? emptied === rows.length : emptied === 0;
  const ours = `${emptied} of ${rows.length} seeds with an empty layer`;
  return { ours, asked, verdict: right ? 'met' : 'missed', old };
}
