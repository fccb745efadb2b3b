import { describe, expect, it } from 'vitest';
import { comparisonRows } from '../../renderer/screens/run/result/comparison.ts';
import { headlines, splitVerdict } from '../../renderer/screens/run/result/headline.ts';
import { sizeRows } from '../../renderer/screens/run/result/sizes.ts';
import { filterRuns, sortRuns } from '../../renderer/screens/run-list/rows.ts';
import { accuracyChangeText } from '../../renderer/text/result.ts';
import { problemAt } from '../../renderer/text/problems.ts';
import { buds } from '../../renderer/ui/espalier.ts';
import { reportOf } from '../web/support/fixture-report.ts';
import { everyState, makeRun } from '../web/support/fixture-runs.ts';

const run = makeRun({ id: 2, name: 'Nine in ten', state: 'finished', epoch: 20, minutesAgo: 1 });
const report = reportOf(run);
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the comparison', () => {
  const row = (label: string, of = report) => comparisonRows(of).find((one) => one.label === label);

  it('says what changed, and calls equal what is equal', () => {
    expect(plain(row('Accuracy')?.change ?? '')).toBe('−0.20 points');
    expect(row('Parameters')?.change).toBe('same');
    expect(row('Non-zeros')?.change).toBe('9.86× less');
    expect(row('Latency, median')?.change).toBe('about the same');
    expect(row('ONNX file')?.change).toBe('same');
  });

  it('tells a slower network as such', () => {
    const slow = structuredClone(report);
    slow.compressed.latencyMs.median *= 2;
    expect(row('Latency, median', slow)?.change).toMatch(/^1\.9\d?× slower|^2× slower/);
  });

  it('leaves the dense column empty where no dense network was trained', () => {
    const alone = { ...report, dense: null };
    expect(comparisonRows(alone).every(({ dense, change }) => dense === '' && change === '')).toBe(true);
    expect(headlines(alone).map(({ label }) => label)).toEqual(['fewer weights', 'accuracy', 'download']);
    expect(accuracyChangeText({ result: run.result && { ...run.result, denseAccuracy: null } })).toBe('');
  });

  it('puts the gist of the verdict first', () => {
    expect(splitVerdict('Smaller download: the file shrank.')).toEqual({
      gist: 'Smaller download.',
      rest: 'The file shrank.',
    });
    expect(splitVerdict('All is well.')).toEqual({ gist: 'All is well.', rest: '' });
  });
});

describe('the sizes', () => {
  it('stand beside the dense file, with the speed where it was measured', () => {
    const rows = sizeRows(report).map((row) => ({ ...row, speed: plain(row.speed) }));
    expect(rows.map(({ format }) => format)).toEqual(['onnx', 'onnx-sparse', 'espalier', 'onnx-int8']);
    expect(rows.find(({ format }) => format === 'espalier')).toMatchObject({
      change: '9.54× smaller',
      speed: 'same, once loaded',
    });
    expect(rows.at(-1)?.speed).toMatch(/ms, 1\.43× faster$/);
    expect(rows.at(-1)?.change).toBe('18.3× smaller');
  });

  it('are not called smaller where they are not', () => {
    const [first, ...rest] = report.sizes;
    if (first === undefined) throw new Error('no sizes');
    const large = { ...report, sizes: [{ ...first, gzipBytes: first.bytes + 10 }, ...rest] };
    expect(sizeRows(large)[0]?.change).toBe('not smaller');
  });
});

describe('rows of runs', () => {
  const runs = everyState();

  it('are sorted either way, with runs that have no value last', () => {
    for (const down of [true, false]) {
      const sorted = sortRuns(runs, { column: 'accuracy', down }).map(
        ({ result }) => result?.accuracy ?? null,
      );
      const values = sorted.filter((value) => value !== null);
      expect(sorted.slice(values.length).every((value) => value === null)).toBe(true);
      expect(values).toEqual([...values].sort((a, b) => (down ? b - a : a - b)));
    }
  });

  it('are filtered by every word and by state', () => {
    expect(filterRuns(runs, { text: 'LENET digits 95', state: 'all' }).map(({ name }) => name)).toEqual([
      'Digits, 95 %',
    ]);
    const parts = ['live', 'finished', 'stopped'].map(
      (state) => filterRuns(runs, { text: '', state }).length,
    );
    expect(parts.reduce((a, b) => a + b)).toBe(runs.length);
    expect(parts).toEqual([6, 4, 4]);
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
