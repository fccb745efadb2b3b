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

  it('says of each amount in its own words how it changed, and nothing that a clock does not tell', () => {
    const first = (promise: (typeof report.promises)[number]) =>
      headlines({ ...report, promises: [promise] })[0];
    const latency = { kind: 'latency', before: 0.74, asked: 0.55, after: 0.595 } as const;
    expect(first({ ...latency, spread: [0.573, 0.618] })).toMatchObject({
      label: 'latency',
      change: { text: '1.2× faster', better: true },
      note: '19.6 % less than the dense network',
    });
    expect(first({ ...latency, spread: [0.1, 0.9] })?.change).toEqual({ text: 'within noise', better: null });
    const memory = { kind: 'memory', before: 1000, asked: 500, after: 500 } as const;
    expect(first(memory)).toMatchObject({ label: 'memory', change: { text: '2.0× less' } });
    const macs = { kind: 'macs', before: 1000, asked: 500, after: 500 } as const;
    expect(first(macs)).toMatchObject({
      change: { text: '2.0× fewer' },
      note: '50.0 % of the dense ones are gone',
    });
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
