import { estimate } from '../../main/words/estimate.ts';
import { goingOf } from '../../main/words/sweep.ts';
import { denseBySeed, type Row } from './rows.ts';
import { percent } from './words.ts';

/*
 * Which results are no working networks, or are not worth their trouble: marked in the table and said under it. A run has
 * collapsed where it recognises some class never, or is nearer to chance than to the dense network.
 */
const COLLAPSED = '†';
const UNDER_RANDOM = '‡';
/** What a method that looks for weights or channels should be above, by its series, in words. */
const CONTROLS: Readonly<Record<string, string>> = {
  'random-erk': 'random with ERK',
  'random channels': 'random channels',
};

export interface Marks {
  /** Signs behind the result of the row's series at its budget. */
  signs(row: Row): string;
  /** One line for each series that has signs, with the reason where one is known. */
  lines(reasons: Readonly<Record<string, string>>): string[];
}

/** What the signs mean. */
export const LEGEND = `${COLLAPSED} some runs collapsed: they never recognise some class, or are nearer to chance than to the dense network. ${UNDER_RANDOM} the mean is under that of a random mask spread as ERK spreads it, or of random channels, with the same budget.`;

interface Control {
  readonly words: string;
  readonly mean: number;
}

interface Cell {
  readonly series: string;
  readonly budget: number;
  readonly mean: number;
  readonly runs: number;
  readonly collapsed: number;
  /** The control and its mean, where this one is under it. */
  readonly control: Control | null;
  /** The share that goes, and of what. */
  readonly going: string;
}

export function marksOf(rows: readonly Row[]): Marks {
  const finished = rows.filter((row) => row.accuracy !== null && row.budget > 0);
  const reference = referenceOf(rows, finished);
  const groups = [
    ...Map.groupBy(finished, ({ series, budget }) => JSON.stringify([series, budget])).values(),
  ];
  const controls = new Map(
    groups.flatMap((own): [number, Control][] => {
      const [first] = own;
      // By its plain form: shuffled and inverted ones have names of their own.
      const words = CONTROLS[first?.series ?? ''];
      return first === undefined || words === undefined ? [] : [[first.budget, { words, mean: meanOf(own) }]];
    }),
  );
  const cells = groups.flatMap((own): Cell[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { series, budget } = first;
    const mean = meanOf(own);
    const control = controls.get(budget);
    return [
      {
        series,
        budget,
        mean,
        runs: own.length,
        collapsed: own.filter((row) => hasCollapsed(row, reference)).length,
        control: control !== undefined && !(series in CONTROLS) && mean < control.mean ? control : null,
        going: goingOf(first),
      },
    ];
  });
  return {
    signs({ series, budget }) {
      const cell = cells.find((one) => one.series === series && one.budget === budget);
      if (cell === undefined) return '';
      return `${cell.collapsed > 0 ? COLLAPSED : ''}${cell.control === null ? '' : UNDER_RANDOM}`;
    },
    lines(reasons) {
      return [...Map.groupBy(cells, (cell) => cell.series)].flatMap(([series, own]) => {
        const words = own.toSorted((a, b) => a.budget - b.budget).flatMap(cellWords);
        const reason = reasons[series];
        return words.length === 0
          ? []
          : [`- \`${series}\`: ${words.join('; ')}.${reason === undefined ? '' : ` ${reason}`}`];
      });
    },
  };
}

function cellWords({ going, mean, runs, collapsed, control }: Cell): string[] {
  const words = [
    ...(collapsed === 0 ? [] : [`${collapsed} of ${runs} runs collapsed`]),
    ...(control === null
      ? []
      : [`under ${control.words} (${percent(mean)} against ${percent(control.mean)})`]),
  ];
  return words.length === 0 ? [] : [`at ${going} ${words.join(' and ')}`];
}

/** The dense network's mean or, where there is none, that of the best result. */
function referenceOf(rows: readonly Row[], finished: readonly Row[]): number {
  const dense = [...denseBySeed(rows).values()].map(({ accuracy }) => accuracy);
  if (dense.length > 0) return estimate(dense).mean;
  return Math.max(0, ...finished.map((row) => row.accuracy ?? 0));
}

function hasCollapsed({ lostClasses, accuracy, classes }: Row, reference: number): boolean {
  const chance = 1 / (classes ?? Infinity);
  return (lostClasses ?? 0) > 0 || (accuracy ?? 0) - chance < (reference - chance) / 2;
}

function meanOf(rows: readonly Row[]): number {
  return estimate(rows.map((row) => row.accuracy ?? NaN)).mean;
}
