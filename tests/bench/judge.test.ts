import { describe, expect, it } from 'vitest';
import { exceeds, reaches } from '../../bench/quality/bounds.ts';
import type { Check } from '../../bench/quality/checks/check.ts';
import { judge } from '../../bench/quality/judge.ts';
import type { Row } from '../../bench/quality/rows.ts';
import { estimate, student95 } from '../../main/words/estimate.ts';
import { trainSpecSchema } from '../../main/contract/recipe.ts';
import { finishedRows } from './quality-rows.ts';

const place = (series: string) => ({ grid: 'g', series, budget: 0.9 });
const training = (epochs: number) => trainSpecSchema.parse({ epochs });
const judged = (check: Check, rows: readonly Row[]) => judge(check, new Map([['g', rows]]));
const verdictOf = (check: Check, rows: readonly Row[]) => judged(check, rows).verdict;

/** Two values whose 95 % interval is mean ± half: with one degree of freedom, half = t * |a - b| / 2. */
const pair = (mean: number, half: number): number[] => {
  const apart = half / student95(1);
  return [mean - apart, mean + apart];
};

describe('what an interval says', () => {
  it.each([
    // mean, half, bound, at least, above
    [0.98, 0.01, 0.97, 'met', 'not told apart'],
    [0.98, 0.009, 0.97, 'met', 'met'],
    [0.98, 0.011, 0.97, 'not told apart', 'not told apart'],
    [0.96, 0.011, 0.97, 'not told apart', 'not told apart'],
    [0.96, 0.01, 0.97, 'not told apart', 'missed'],
    [0.96, 0.009, 0.97, 'missed', 'missed'],
  ])('%f ± %f beside %f', (mean, half, bound, least, above) => {
    const found = estimate(pair(mean, half));
    expect(found.half).toBeCloseTo(half, 12);
    expect(reaches(found, bound)).toBe(least);
    expect(exceeds(found, bound)).toBe(above);
  });

  it('is the same from either side: a claim is met where its opposite is missed', () => {
    for (let i = 0; i < 200; i++) {
      const [mean, half] = [Math.sin(i) / 10, Math.abs(Math.cos(3 * i)) / 10];
      const [of, than] = [estimate(pair(mean, half)), estimate(pair(-mean, half))];
      expect(exceeds(of, 0.01) === 'met').toBe(reaches(than, -0.01) === 'missed');
      expect(exceeds(of, 0.01) === 'missed').toBe(reaches(than, -0.01) === 'met');
    }
  });

  it('is nothing for one value, and certain for equal ones', () => {
    expect(reaches(estimate([0.99]), 0.5)).toBe('one seed');
    expect(exceeds(estimate([0.01, 0.01, 0.01]), 0)).toBe('met');
    expect(exceeds(estimate([0.9 - 0.8, 0.8 - 0.7]), 0.1)).toBe('missed');
    expect(reaches(estimate([0.9 - 0.8, 0.8 - 0.7]), 0.1)).toBe('met');
  });
});

describe('bands', () => {
  const check: Check = { kind: 'at-least', what: '', of: place('a'), accuracy: 0.978 };

  it('are not met by a mean alone', () => {
    // 97.93 ± 0.43 and 98.22 ± 0.13 beside 97.80: only the second interval is above it.
    expect(verdictOf(check, finishedRows('a', [0.9774, 0.9808, 0.9797]))).toBe('not told apart');
    expect(verdictOf(check, finishedRows('a', [0.9822, 0.9827, 0.9817]))).toBe('met');
  });

  it('are not missed by a mean alone', () => {
    expect(verdictOf(check, finishedRows('a', [0.9782, 0.977, 0.9785, 0.9778]))).toBe('not told apart');
    expect(verdictOf(check, finishedRows('a', [0.9722, 0.9727, 0.9717]))).toBe('missed');
  });

  it('show what was measured', () => {
    expect(judged(check, finishedRows('a', [0.98, 0.97])).ours).toMatch(/^97\.50 ± 6\.35 \(2\)$/);
    expect(verdictOf(check, finishedRows('b', [0.99]))).toBe('no runs');
    expect(verdictOf(check, finishedRows('a', [0.99]))).toBe('one seed');
    const beside: Check = { kind: 'beside', what: '', of: place('a') };
    expect(verdictOf(beside, finishedRows('a', [0.99]))).toBe('no band');
  });

  it('may ask for the best accuracy on the way, which is not that of the last weights', () => {
    const rows = finishedRows('a', [0.97, 0.97, 0.97]).map((row) => ({ ...row, bestValidation: 0.98 }));
    expect(verdictOf(check, rows)).toBe('missed');
    expect(verdictOf({ ...check, of: { ...place('a'), best: true } }, rows)).toBe('met');
    const unknown = rows.map((row) => ({ ...row, bestValidation: null }));
    expect(verdictOf({ ...check, of: { ...place('a'), best: true } }, unknown)).toBe('no runs');
  });
});

describe('orderings', () => {
  const above: Check = { kind: 'above', what: '', of: place('a'), than: place('b') };
  const both = (a: readonly number[], b: readonly number[]) => [
    ...finishedRows('a', a),
    ...finishedRows('b', b),
  ];

  it('go by the interval of the paired difference', () => {
    // Paired, the difference is about 1 point with every seed, though the seeds differ by 10.
    expect(verdictOf(above, both([0.91, 0.811, 0.709], [0.9, 0.8, 0.7]))).toBe('met');
    expect(verdictOf(above, both([0.95, 0.8], [0.9, 0.84]))).toBe('not told apart');
    expect(verdictOf(above, both([0.9, 0.8, 0.7], [0.91, 0.811, 0.709]))).toBe('missed');
    expect(verdictOf(above, both([0.95], [0.9]))).toBe('one seed');
    expect(verdictOf(above, finishedRows('a', [0.95]))).toBe('no runs');
    expect(judged(above, both([0.91, 0.811, 0.699], [0.9, 0.8, 0.7])).ours).toMatch(/ahead with 2$/);
  });

  it('by a gap ask that the interval clears the gap, not zero', () => {
    // +0.96 ± 0.10: clears 0.30, reaches over 0.90, and ends below 1.10.
    const rows = both([0.91, 0.8096, 0.7092], [0.9, 0.8, 0.7]);
    expect(judged(above, rows).ours).toMatch(/^\+0\.96 ± 0\.10/);
    expect(verdictOf({ ...above, gap: 0.003 }, rows)).toBe('met');
    expect(verdictOf({ ...above, gap: 0.009 }, rows)).toBe('not told apart');
    expect(verdictOf({ ...above, gap: 0.011 }, rows)).toBe('missed');
  });

  it('are not matched by a mean alone', () => {
    const matches: Check = {
      kind: 'matches',
      what: '',
      of: place('a'),
      with: place('b'),
      margin: 0.003,
    };
    // 0.00 ± 0.45 reaches over a margin of 0.30.
    const wide = both([0.9018, 0.8, 0.6982], [0.9, 0.8, 0.7]);
    expect(judged(matches, wide).ours).toMatch(/^0\.00 ± 0\.45/);
    expect(verdictOf(matches, wide)).toBe('not told apart');
    expect(verdictOf(matches, both([0.901, 0.8, 0.699], [0.9, 0.8, 0.7]))).toBe('met');
    expect(verdictOf(matches, both([0.895, 0.795, 0.6949], [0.9, 0.8, 0.7]))).toBe('missed');
  });
});

describe('trainings of different lengths', () => {
  const longest = { grid: 'g', series: 'dense, longer', budget: 0 };
  const above: Check = { kind: 'above', what: '', of: place('a'), than: place('b') };
  const rows = [
    ...finishedRows('a', [0.91, 0.92], { changes: { dense: training(30) } }),
    ...finishedRows('b', [0.9, 0.91]),
  ];
  const dense = (epochs: number) =>
    finishedRows('dense, longer', [0.93, 0.94], {
      paradigm: 'magnitude-one-shot',
      budget: 0,
      changes: { finetune: training(epochs) },
    });

  it('get no verdict', () => {
    expect(judged(above, rows)).toMatchObject({
      verdict: 'unequal epochs',
      ours: expect.stringContaining('30 against 10 epochs') as string,
    });
    expect(verdictOf({ ...above, longer: longest }, rows)).toBe('unequal epochs');
  });

  it('get one beside a dense network that trained as long, and not beside a shorter one', () => {
    const check = { ...above, longer: longest };
    expect(verdictOf(check, [...rows, ...dense(19)])).toBe('unequal epochs');
    expect(judged(check, [...rows, ...dense(20)])).toMatchObject({
      verdict: 'met',
      ours: expect.stringContaining('dense with 30 epochs: 93.50') as string,
    });
  });

  it('count for the dense network beside, too', () => {
    const matches: Check = {
      kind: 'matches',
      what: '',
      of: place('a'),
      with: { grid: 'g', series: 'dense' },
      margin: 0.003,
    };
    const [first] = rows.slice(0, 1);
    expect(first).toMatchObject({ epochs: 30, denseEpochs: 30 });
    expect(verdictOf(matches, finishedRows('a', [0.979, 0.979]))).toBe('met');
    expect(verdictOf(matches, finishedRows('a', [0.97, 0.97]))).toBe('missed');
    const tickets = { paradigm: 'imp', changes: { prune: { rounds: 4 } } };
    expect(verdictOf(matches, finishedRows('a', [0.979, 0.979], tickets))).toBe('unequal epochs');
  });
});

describe('what is not decided by an interval', () => {
  it('looks for empty layers', () => {
    const empties: Check = { kind: 'empties', what: '', of: place('a'), expected: true };
    const rows = finishedRows('a', [0.1, 0.1]).map((row) => ({ ...row, emptyLayers: ['fc1.weight'] }));
    expect(verdictOf(empties, rows)).toBe('met');
    expect(verdictOf({ ...empties, expected: false }, rows)).toBe('missed');
  });

  it('says where a verdict rests on rows of a former form', () => {
    const check: Check = { kind: 'at-least', what: '', of: place('a'), accuracy: 0.9 };
    const rows = finishedRows('a', [0.95, 0.95]);
    expect(judged(check, rows).old).toBe(false);
    const [first, ...rest] = rows as [Row, ...Row[]];
    const oldRows = [{ ...first, old: 'revision 1, now 2' }, ...rest];
    expect(judged(check, oldRows).old).toBe(true);
    const above: Check = { kind: 'above', what: '', of: place('a'), than: place('b') };
    expect(judged(above, [...oldRows, ...finishedRows('b', [0.9, 0.9])]).old).toBe(true);
    expect(judged(above, oldRows)).toMatchObject({ verdict: 'no runs', old: false });
  });
});
