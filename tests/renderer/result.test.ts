import { describe, expect, it } from 'vitest';
import { headlines, splitVerdict } from '../../renderer/screens/run/result/headline.ts';
import { accuracyChange, toneOf } from '../../renderer/text/result.ts';
import { problemAt } from '../../renderer/text/problems.ts';
import { buds } from '../../renderer/ui/espalier.ts';
import { reportOf } from '../web/support/fixture-report.ts';
import { makeRun } from '../web/support/fixture-runs.ts';

const run = makeRun({ id: 2, name: 'Nine in ten', state: 'finished', epoch: 20, minutesAgo: 1 });
const report = reportOf(run);

describe('the head of a result', () => {
  it('has gains and losses, and what is within noise is neither', () => {
    expect(headlines(report).map(({ label, change }) => [label, change.text, change.better])).toEqual([
      ['weights', '10× fewer', true],
      ['accuracy', '−0.20 points, within noise', null],
      ['download', '7.1× smaller', true],
    ]);
    const lossy = makeRun({ id: 4, name: 'x', state: 'finished', epoch: 20, minutesAgo: 1, drop: 0.031 });
    const [, accuracy] = headlines(reportOf(lossy));
    expect(accuracy?.change).toMatchObject({ text: '−3.10 points', better: false });
    expect(accuracyChange(lossy)).toMatchObject({ text: '−3.10 points', better: false });
    expect(toneOf(accuracyChange(lossy))).toBe('loss');
  });

  it('claims no change where there is nothing to compare with', () => {
    const alone = { ...report, dense: null, pairs: null };
    expect(
      headlines(alone).every(({ change }) => change.better === null || change.text === '10× fewer'),
    ).toBe(true);
    expect(accuracyChange({ result: run.result && { ...run.result, denseAccuracy: null } }).text).toBe('');
  });

  it('puts the gist of the verdict first', () => {
    expect(splitVerdict('Smaller download: the file shrank.')).toEqual({
      gist: 'Smaller download.',
      rest: 'The file shrank.',
    });
    expect(splitVerdict('All is well.')).toEqual({ gist: 'All is well.', rest: '' });
  });
});

describe('small things', () => {
  it('a problem is found at its field and above it, not beside it', () => {
    const problem = { code: 'x', message: 'y', field: 'data.path', kind: 'input' } as const;
    expect(problemAt([problem], 'data')).toBe(problem);
    expect(problemAt([problem], 'data.path')).toBe(problem);
    expect(problemAt([problem], 'dat')).toBe(undefined);
    expect(problemAt([problem], 'data.path.x')).toBe(undefined);
  });

  it('the drawn tree has a hundred leaves, each with a rank of its own', () => {
    expect(buds.map(({ rank }) => rank).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
  });
});
