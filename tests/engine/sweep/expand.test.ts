import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGrid, withOverrides } from '../../../main/engine/sweep/expand.ts';
import { recipeId } from '../../../main/engine/sweep/identity.ts';
import { resultOf, summarize, toCsv } from '../../../main/engine/sweep/results.ts';
import { sweepChart } from '../../../main/engine/sweep/chart.ts';
import { problemWith } from '../../support/problem.ts';
import { sampleReport } from '../report/sample.ts';

const base = { network: 'lenet-300-100', data: 'digits', dense: { epochs: 2 }, finetune: { epochs: 1 } };
const grid = (changes: object = {}) => ({
  base,
  paradigms: ['magnitude-one-shot', 'random-uniform'],
  budgets: [0.8, 0.9],
  seeds: [1, 2],
  ...changes,
});

describe('a grid', () => {
  it('is every paradigm at every budget with every seed, and every combination of what varies', () => {
    const { runs, problems } = checkGrid(
      grid({ vary: { 'finetune.lr': [0.1, 0.2], 'prune.protect': [true, false] } }),
    );
    expect(problems).toEqual([]);
    expect(runs).toHaveLength(2 * 2 * 2 * 4);
    const seen = runs.map(({ recipe: { paradigm, budget, seed, finetune, prune } }) =>
      [paradigm, budget.sparsity, seed, finetune?.lr, prune.protect].join(),
    );
    expect(new Set(seen).size).toBe(runs.length);
    expect(new Set(runs.map((run) => run.folder)).size).toBe(runs.length);
    expect(runs[0]?.series).toBe('magnitude-one-shot, finetune.lr 0.1, protect true');
  });

  it('lets a paradigm have settings, budgets and seeds of its own', () => {
    const variant = {
      paradigm: 'snip',
      label: 'shuffled',
      set: { 'prune.control': 'shuffle' },
      budgets: [0.99],
      seeds: [7],
    };
    const { runs } = checkGrid(grid({ paradigms: ['random-uniform', variant] }));
    expect(runs).toHaveLength(5);
    const own = runs.find((run) => run.series === 'shuffled')?.recipe;
    expect(own).toMatchObject({
      paradigm: 'snip',
      seed: 7,
      budget: { sparsity: 0.99 },
      prune: { control: 'shuffle' },
    });
  });

  it('adds the free baselines', () => {
    const { runs, problems } = checkGrid(
      grid({ seeds: [1], baselines: ['random', 'magnitude', 'longer', 'narrow'] }),
    );
    expect(problems).toEqual([]);
    const added = runs.filter((run) => run.series.startsWith('Baseline'));
    expect(added.map(({ recipe }) => [recipe.paradigm, recipe.prune.scope, recipe.budget.sparsity])).toEqual([
      ['random-uniform', undefined, 0.8],
      ['magnitude-one-shot', 'layerwise', 0.8],
      ['random-uniform', undefined, 0.9],
      ['magnitude-one-shot', 'layerwise', 0.9],
      ['magnitude-one-shot', undefined, 0],
      ['magnitude-one-shot', undefined, 0],
      ['magnitude-one-shot', undefined, 0],
    ]);
    const narrow = added.filter((run) => run.series === 'Baseline: dense, narrower');
    expect(narrow.map(({ recipe }) => [recipe.narrow, recipe.finetune])).toEqual([
      [0.8, undefined],
      [0.9, undefined],
    ]);
    expect(new Set(added.map((run) => run.folder)).size).toBe(added.length);
  });

  it('adds those of networks that channels leave: random, by L1, and what every method leaves from scratch', () => {
    const { runs, problems } = checkGrid(
      grid({
        base: { ...base, prune: { structure: { kind: 'channel', power: 2 } } },
        paradigms: ['magnitude-one-shot', { paradigm: 'taylor', label: 'Taylor', seeds: [1] }],
        budgets: [{ macs: 0.5 }],
        seeds: [1],
        baselines: ['random', 'magnitude', 'scratch'],
      }),
    );
    expect(problems).toEqual([]);
    const added = runs.filter((run) => run.series.startsWith('Baseline'));
    expect(added.map(({ series, recipe: { paradigm, prune } }) => [series, paradigm, prune])).toEqual([
      ['Baseline: random channels', 'magnitude-one-shot', expect.objectContaining({ criterion: 'random' })],
      [
        'Baseline: uniform L1',
        'magnitude-one-shot',
        { criterion: 'magnitude', scope: 'layerwise', structure: { kind: 'channel', power: 1 } },
      ],
      [
        'Baseline: magnitude-one-shot, from scratch',
        'magnitude-one-shot',
        { structure: { kind: 'channel', power: 2 }, control: 'scratch' },
      ],
      ['Baseline: Taylor, from scratch', 'taylor', expect.objectContaining({ control: 'scratch' })],
    ]);
  });

  it('has budgets of other kinds as shares', () => {
    const { grid: read } = checkGrid(grid({ budgets: [0.8, { macs: 0.5 }, { sparsity: 0.9 }] }));
    expect(read?.budgets).toEqual([{ sparsity: 0.8 }, { macs: 0.5 }, { sparsity: 0.9 }]);
    const { problems } = checkGrid(grid({ budgets: [{ parameters: 1000 }] }));
    expect(problems[0]?.message).toContain('A grid takes a share of one kind');
    expect(() => checkGrid(grid({ budgets: [{ macs: 0.5 }], baselines: ['narrow'] }))).toThrow(
      problemWith({ code: 'sweep/narrow', field: 'baselines' }),
    );
  });

  it('tells a mistake of the base once, and names the run where a combination is wrong', () => {
    const once = checkGrid(grid({ base: { ...base, network: 'lenet' } }));
    expect(once.problems).toHaveLength(1);
    expect(once.problems[0]).toMatchObject({ field: 'network', kind: 'input' });
    const { problems } = checkGrid(grid({ paradigms: ['imp', 'snipp'], budgets: [90] }), 'grid.yaml');
    expect(problems[0]).toMatchObject({ file: 'grid.yaml', field: 'budgets[0]' });
    const unknown = checkGrid(grid({ paradigms: ['snipp'] })).problems[0];
    expect(unknown?.message).toContain("In the run 'snipp'");
    expect(unknown?.remedy).toContain("Did you mean 'snip'?");
  });

  it("explains itself in the grid's own words", () => {
    const { problems } = checkGrid(
      { ...grid({ paradigms: [{ paradigm: 'snip', lable: 'x' }] }), seed: [1] },
      'g.yaml',
    );
    const of = (field: string) => problems.find((problem) => problem.field === field)?.remedy;
    expect(of('paradigms[0].lable')).toContain("Did you mean 'label'?");
    expect(of('seed')).toContain('The fields here are: version, name, base, paradigms');
    const taken = checkGrid(grid({ base: { ...base, paradigm: 'imp' } })).problems;
    expect(taken).toMatchObject([
      { field: 'base', message: expect.stringContaining('what a grid varies') as string },
    ]);
  });

  it('reaches no prototype through its dotted paths', () => {
    const made = withOverrides({}, { '__proto__.polluted': 1, 'constructor.prototype.polluted': 1 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(made).sort()).toEqual(['__proto__', 'constructor']);
    expect(withOverrides({ a: { b: 1, c: 2 } }, { 'a.b': null, 'a.d.e': 3 })).toEqual({
      a: { c: 2, d: { e: 3 } },
    });
  });

  it('knows a run by its recipe, whatever its name and the order of its fields', () => {
    const [run] = checkGrid(grid()).runs;
    if (run === undefined) throw new Error('no run');
    const entries = Object.entries(run.recipe).reverse();
    const shuffled = { ...(Object.fromEntries(entries) as typeof run.recipe), name: 'other' };
    expect(recipeId(shuffled)).toBe(recipeId(run.recipe));
    expect(recipeId({ ...run.recipe, seed: 3 })).not.toBe(recipeId(run.recipe));
  });
});

it('resources/grids hold grids without mistakes', () => {
  const folder = join(import.meta.dirname, '..', '..', '..', 'resources', 'grids');
  for (const name of readdirSync(folder)) {
    expect(checkGrid(readFileSync(join(folder, name), 'utf8'), name).problems, name).toEqual([]);
  }
});

describe('results', () => {
  const { runs } = checkGrid(grid({ budgets: [0.9], seeds: [1, 2, 3], paradigms: ['snip'] }));
  const results = runs.map((run, i) => {
    const report = sampleReport();
    return resultOf(run, { ...report, compressed: { ...report.compressed, accuracy: 0.9 + 0.01 * i } });
  });

  it('are means over seeds', () => {
    const [first, ...rest] = results;
    if (first === undefined) throw new Error('no result');
    const { cells, dense } = summarize('x', [
      first,
      ...rest,
      { ...first, accuracy: null, denseAccuracy: null, state: 'failed', seed: 9 },
    ]);
    expect(cells).toHaveLength(1);
    expect(cells[0]?.accuracy.n).toBe(3);
    expect(cells[0]?.accuracy.mean).toBeCloseTo(0.91, 12);
    expect(dense?.n).toBe(3);
  });

  it('have one dense network, or none where runs of a seed differ in it', () => {
    const [run] = runs;
    if (run === undefined) throw new Error('no run');
    const report = sampleReport();
    const narrow = resultOf(
      { ...run, recipe: { ...run.recipe, narrow: 0.9, budget: { sparsity: 0 } } },
      report,
    );
    expect(narrow).toMatchObject({ denseAccuracy: null, budget: 0.9 });
    expect(summarize('x', [...results, narrow]).dense?.n).toBe(3);
    const other = { ...resultOf(run, report), denseAccuracy: 0.5 };
    expect(summarize('x', [...results, other]).dense).toBeNull();
  });

  it('are a CSV that quotes what it must and starts no formula', () => {
    const [first] = results;
    if (first === undefined) throw new Error('no result');
    const text = toCsv([{ ...first, series: '=cmd, "x"', problem: 'line\nbreak' }]);
    expect(text).toContain(`"'=cmd, ""x"""`);
    expect(text).toContain('"line\nbreak"');
    expect(text.split('\r\n')[0]?.split(',')).toContain('accuracy');
  });

  it('are drawn with every point inside the panel, and all text escaped', () => {
    const named = results.map((run) => ({ ...run, series: '<b>&' }));
    const svg = sweepChart(summarize('a <name>', named), () => 'group');
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('&lt;b&gt;&amp;');
    const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const circles = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)];
    expect(circles).toHaveLength(1);
    for (const [, x, y] of circles) {
      expect(Number(x)).toBeLessThan(Number(width));
      expect(Number(y)).toBeLessThan(Number(height));
    }
    expect(sweepChart(summarize('empty', []), () => '')).toBe('');
  });
});
