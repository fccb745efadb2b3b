import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Check, Place } from '../../bench/quality/checks/check.ts';
import { sections } from '../../bench/quality/checks/index.ts';
import { resultsDocument } from '../../bench/quality/document.ts';
import { readSearches } from '../../bench/search/measured.ts';
import { readStudies, studyIds } from '../../bench/studies/measured.ts';
import { epochsNeeded, readMeasured } from '../../bench/quality/measured.ts';
import { planOf } from '../../main/engine/compress/plan/plan.ts';
import { resultOf } from '../../main/engine/sweep/results.ts';
import { checkGrid, type CheckedGrid } from '../../main/engine/sweep/expand.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'bench', 'quality');
const grids = new Map<string, CheckedGrid>(
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name.replace('.yaml', ''), checkGrid(readFileSync(join(folder, name), 'utf8'), name)]),
);
const checks = sections.flatMap((section) => section.checks.flatMap(({ list }) => list));

const placesOf = (check: Check): Place[] => {
  if (check.kind === 'above') return [check.of, check.than, ...(check.longer ? [check.longer] : [])];
  if (check.kind === 'matches') return [check.of, check.with, ...(check.longer ? [check.longer] : [])];
  return [check.of];
};

/** Epochs that a place's results need, by the grid's recipes. */
function epochsAt({ grid, series, budget }: Place): number[] {
  const runs = grids.get(grid)?.runs ?? [];
  if (series === 'dense') return [...new Set(runs.flatMap(({ recipe }) => recipe.dense?.epochs ?? []))];
  const own = runs.filter((run) => run.series === series && resultOf(run, undefined).budget === budget);
  return [...new Set(own.map(({ recipe }) => epochsNeeded(planOf(recipe))))];
}

describe('the grids of bench/quality', () => {
  it.each([...grids])('%s is a grid without mistakes', (_id, { runs, problems }) => {
    expect(problems).toEqual([]);
    expect(runs.length).toBeGreaterThan(0);
  });

  it('have the runs that the checks ask for, and each has a place in the document', () => {
    for (const { grid, series, budget } of checks.flatMap(placesOf)) {
      const runs = grids.get(grid)?.runs ?? [];
      const found = runs.some((run) => run.series === series && resultOf(run, undefined).budget === budget);
      expect(series === 'dense' ? runs.length > 0 : found, `${grid}: ${series} at ${budget}`).toBe(true);
    }
    expect(sections.flatMap((section) => section.grids).sort()).toEqual([...grids.keys()].sort());
  });

  it('compare trainings of the same length, or have a dense network that trained as long beside', () => {
    for (const check of checks) {
      if (check.kind !== 'above' && check.kind !== 'matches') continue;
      const [of, other, longer] = placesOf(check).map(epochsAt);
      if (of?.length === 1 && of[0] === other?.[0] && other?.length === 1) continue;
      const most = Math.max(...(of ?? []), ...(other ?? []));
      expect(longer, check.what).toEqual([most]);
    }
  });

  it('hold methods against random masks with ERK, never against uniform ones', () => {
    const uniform = checks.filter(
      (check) => check.kind === 'above' && /^random(-uniform)?$/.test(check.than.series),
    );
    expect(uniform.map(({ what }) => what).filter((what) => !what.startsWith('Random with ERK'))).toEqual([]);
  });
});

describe('docs/results.md', () => {
  it('says what is missing and never makes up a number', async () => {
    const { text, charts } = await resultsDocument(() => [], [], []);
    for (const [id, { runs: planned }] of grids)
      expect(text).toContain(`${id}: ${planned.length} of ${planned.length} runs`);
    expect(text).not.toMatch(/\| \*\*(missed|not told apart)\*\*|\| +met \|/);
    expect(text).toContain('0 verdicts below go by an interval');
    expect(text).toContain(`Nothing has been measured yet of: ${studyIds().join(', ')}.`);
    expect(text.match(/Nothing has been measured yet\./g)).toHaveLength(grids.size);
    expect(charts.size).toBe(0);
  });

  it('is what the kept measurements make, with the revisions of today', async () => {
    const { text, charts } = await resultsDocument(readMeasured, readSearches(), readStudies());
    await expect(text).toMatchFileSnapshot(join(root, 'docs', 'results.md'));
    for (const [name, chart] of charts)
      await expect(chart).toMatchFileSnapshot(join(root, 'docs', 'results', name));
    expect(readdirSync(join(root, 'docs', 'results')).sort()).toEqual([...charts.keys()].sort());
    expect([...text.matchAll(/!\[[^\]]*\]\(results\/([^)]+)\)/g)].map(([, name]) => name).sort()).toEqual(
      [...charts.keys()].sort(),
    );
  });
});
