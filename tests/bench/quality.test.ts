import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sections, type Check, type Place } from '../../bench/quality/checks.ts';
import { judge } from '../../bench/quality/judge.ts';
import { resultsPage } from '../../bench/quality/page.ts';
import { checkGrid, type CheckedGrid } from '../../main/engine/sweep/expand.ts';
import { resultOf, type RunResult } from '../../main/engine/sweep/results.ts';
import { sampleReport } from '../engine/report/sample.ts';

const folder = join(import.meta.dirname, '..', '..', 'bench', 'quality');
const grids = new Map<string, CheckedGrid>(
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name.replace('.yaml', ''), checkGrid(readFileSync(join(folder, name), 'utf8'), name)]),
);
const checks = sections.flatMap((section) => section.checks.flatMap(({ list }) => list));

const placesOf = (check: Check): Place[] => {
  if (check.kind === 'above') return [check.of, check.than];
  return check.kind === 'matches' ? [check.of, check.with] : [check.of];
};

describe('the grids of bench/quality', () => {
  it.each([...grids])('%s is a grid without mistakes', (_id, { runs, problems }) => {
    expect(problems).toEqual([]);
    expect(runs.length).toBeGreaterThan(0);
  });

  it('have the runs that the checks ask for, and each has a place in the document', () => {
    for (const { grid, series, budget } of checks.flatMap(placesOf)) {
      const runs = grids.get(grid)?.runs ?? [];
      const found = runs.some((run) => run.series === series && run.recipe.budget.sparsity === budget);
      expect(series === 'dense' ? runs.length > 0 : found, `${grid}: ${series} at ${budget}`).toBe(true);
    }
    expect(sections.flatMap((section) => section.grids).sort()).toEqual([...grids.keys()].sort());
  });
});

/** Results of a series with these accuracies, by seed from 1. */
function runs(series: string, accuracies: readonly number[], emptyLayers: string[] = []): RunResult[] {
  const report = sampleReport();
  return accuracies.map((accuracy, i) => ({
    ...resultOf({ folder: series, series, recipe: { ...report.recipe, seed: i + 1 } }, report),
    accuracy,
    denseAccuracy: 0.98,
    emptyLayers,
  }));
}

const place = (series: string): Place => ({ grid: 'g', series, budget: 0.9 });
const verdictOf = (check: Check, results: RunResult[]) => judge(check, new Map([['g', results]])).verdict;

describe('judge', () => {
  const above: Check = { kind: 'above', what: '', of: place('a'), than: place('b') };

  it('takes bands at their word', () => {
    const check: Check = { kind: 'at-least', what: '', of: place('a'), accuracy: 0.975 };
    expect(verdictOf(check, runs('a', [0.98, 0.97]))).toBe('met');
    expect(verdictOf(check, runs('a', [0.974, 0.975]))).toBe('not met');
    expect(verdictOf(check, runs('b', [0.99]))).toBe('no runs');
    expect(judge(check, new Map([['g', runs('a', [0.98, 0.97])]])).ours).toMatch(/^97\.50 ± 6\.35 \(2\)$/);
  });

  it('tells an ordering from noise by the paired interval', () => {
    // Paired, the difference is 1 point with every seed, though the seeds differ by 10.
    expect(verdictOf(above, [...runs('a', [0.91, 0.81, 0.71]), ...runs('b', [0.9, 0.8, 0.7])])).toBe('met');
    expect(verdictOf(above, [...runs('a', [0.95, 0.8]), ...runs('b', [0.9, 0.84])])).toBe(
      'not told from noise',
    );
    expect(verdictOf(above, [...runs('a', [0.9, 0.8, 0.7]), ...runs('b', [0.91, 0.81, 0.71])])).toBe(
      'not met',
    );
    expect(verdictOf(above, [...runs('a', [0.95]), ...runs('b', [0.9])])).toBe('ahead, one seed');
    expect(verdictOf(above, [...runs('a', [0.9]), ...runs('b', [0.9])])).toBe('behind, one seed');
    expect(verdictOf(above, runs('a', [0.95]))).toBe('no runs');
  });

  it('compares with the dense network, and looks for empty layers', () => {
    const matches: Check = {
      kind: 'matches',
      what: '',
      of: place('a'),
      with: { grid: 'g', series: 'dense' },
      margin: 0.0015,
    };
    expect(verdictOf(matches, runs('a', [0.979, 0.979]))).toBe('met');
    expect(verdictOf(matches, runs('a', [0.978, 0.978]))).toBe('not met');
    const empties: Check = { kind: 'empties', what: '', of: place('a'), expected: true };
    expect(verdictOf(empties, runs('a', [0.1, 0.1], ['fc1.weight']))).toBe('met');
    expect(verdictOf({ ...empties, expected: false }, runs('a', [0.1], ['fc1.weight']))).toBe('not met');
  });
});

describe('docs/results.md', () => {
  it('says what is missing and never makes up a number', () => {
    const page = resultsPage(
      [...grids].map(([id, { grid, runs: planned }]) => {
        if (grid === null) throw new Error(id);
        return { id, grid, runs: planned.map((run) => resultOf(run, undefined)), measured: [] };
      }),
      'a machine',
    );
    for (const [id, { runs: planned }] of grids)
      expect(page).toContain(`${id}: ${planned.length} of ${planned.length} runs`);
    expect(page).not.toMatch(/\*\*(met|not met)\*\*|\| met /);
    expect(page.match(/Nothing has been measured yet/g)).toHaveLength(grids.size);
  });

  it('shows charts that are there', () => {
    const docs = join(import.meta.dirname, '..', '..', 'docs');
    const text = readFileSync(join(docs, 'results.md'), 'utf8');
    for (const [, chart = ''] of text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
      expect(existsSync(join(docs, chart)), chart).toBe(true);
  });
});
