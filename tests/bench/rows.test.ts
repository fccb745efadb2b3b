import { describe, expect, it } from 'vitest';
import { LEGEND, marksOf } from '../../bench/quality/collapse.ts';
import {
  epochsNeeded,
  failureOf,
  formOf,
  measurementOf,
  type Measurement,
} from '../../bench/quality/measured.ts';
import { candidates, denseBySeed, kept, rowOf, shown } from '../../bench/quality/rows.ts';
import { gridTable } from '../../bench/quality/table.ts';
import { trainSpecSchema } from '../../main/contract/recipe.ts';
import { planOf } from '../../main/engine/compress/plan/plan.ts';
import { revisionOf } from '../../main/engine/compress/paradigms/revision.ts';
import { compressedSide } from '../engine/report/sample.ts';
import { finishedRows, gridRun, reportOf } from './quality-rows.ts';

const measured = (run = gridRun('snip', 1), changes: Partial<Measurement> = {}): Measurement => ({
  ...measurementOf(run, reportOf(run, 0.97), 'a machine'),
  ...changes,
});

describe('a measurement', () => {
  const epochs = (paradigm: string, changes = {}) =>
    epochsNeeded(planOf(gridRun('a', 1, { paradigm, changes }).recipe));

  it('counts the epochs of all trainings that the result needs, and of no others', () => {
    const finetune = trainSpecSchema.parse({ epochs: 3 });
    expect(epochs('snip')).toBe(10);
    expect(epochs('snip', { baseline: false })).toBe(10);
    expect(epochs('magnitude-one-shot', { finetune })).toBe(13);
    expect(epochs('magnitude-gradual', { finetune, prune: { epochs: 2 } })).toBe(15);
    expect(epochs('imp', { prune: { rounds: 4 } })).toBe(50);
    expect(epochs('imp-fresh', { prune: { rounds: 4 } })).toBe(50);
    // What a rewound training does not repeat is not counted again.
    expect(epochs('imp', { prune: { rounds: 4, rewind: 2 } })).toBe(42);
  });

  it('keeps what the document says of it: recipe, revision, seed, epochs, seconds, lost classes, best on the way', () => {
    const run = gridRun('snip', 7);
    const stages = planOf(run.recipe);
    const training = stages.findLastIndex(({ kind }) => kind === 'train');
    const at = (stage: number, value: number) => ({
      name: 'validation/accuracy' as const,
      step: 1,
      epoch: 1,
      stage,
      value,
    });
    const report = {
      ...reportOf(run, 0.97),
      compressed: compressedSide({ accuracy: 0.97, perClass: [0, 0, ...Array<number>(8).fill(0.9)] }),
      timings: { total: 60, stages: stages.map(({ label }, i) => ({ label, seconds: i })) },
      // The dense network's own training comes first and is better.
      history: [at(0, 0.99), at(training, 0.95), at(training, 0.98), at(training, 0.96)],
    };
    const restored = stages.findIndex((stage) => stage.kind === 'restore');
    expect(restored).toBeGreaterThan(0);
    const own = stages.map((_, i) => i).filter((i) => i > restored);
    expect(measurementOf(run, report, 'a machine')).toMatchObject({
      series: 'snip',
      seed: 7,
      revision: revisionOf('snip'),
      epochs: 10,
      denseEpochs: 10,
      seconds: 60,
      ownSeconds: own.reduce((sum, i) => sum + i, 0),
      lostClasses: 2,
      bestValidation: 0.98,
      recipe: { seed: 7, paradigm: 'snip' },
    });
  });

  it('is of a former form by the revision that it was measured with, counted against the present one', () => {
    const now = revisionOf('snip');
    const run = gridRun('snip', 1);
    expect(now).toBeGreaterThan(1);
    expect(formOf(measured(run), run)).toBe(null);
    expect(formOf(measured(run, { revision: 1 }), run)).toBe(`revision 1, now ${now}`);
  });

  it('is of a former form where it had other settings, and not where a setting was left out by the recipes of then', () => {
    const run = gridRun('snip', 1);
    const { recipe } = run;
    // Recipes of then left out what has a default by now.
    expect(formOf(measured(run, { recipe: { ...recipe, data: { kind: 'digits' } } }), run)).toBe(null);
    const longer = gridRun('snip', 1, { changes: { dense: trainSpecSchema.parse({ epochs: 11 }) } });
    expect(formOf(measured(longer), run)).toBe('other settings');
    expect(formOf(measured(run, { recipe: { nonsense: 1 } }), run)).toBe('other settings');
  });
});

describe('the rows of a grid', () => {
  const runs = [1, 2, 3].map((seed) => gridRun('snip', seed));
  const old = runs.map((run) => measured(run, { revision: 1, accuracy: 0.9, createdAt: '2026-01-01' }));
  const renewed = runs.map((run) => measured(run, { accuracy: 0.95, createdAt: '2026-02-01' }));
  const rowsOf = (measurements: readonly Measurement[]) => {
    const list = candidates(runs, measurements);
    const chosen = shown(list);
    return list.map(({ run }) => rowOf(run, chosen.get(run)));
  };

  it('stay old, and say so, until every seed is measured anew', () => {
    const before = rowsOf([...old, ...renewed.slice(0, 2)]);
    expect(before.map(({ accuracy }) => accuracy)).toEqual([0.9, 0.9, 0.9]);
    expect(gridTable(before)).toContain(`snip (**old**: revision 1, now ${revisionOf('snip')})`);
    expect(gridTable(before)).toContain('90.00 ± 0.00 (3) old');
    const after = rowsOf([...renewed, ...old]);
    expect(after.map(({ accuracy }) => accuracy)).toEqual([0.95, 0.95, 0.95]);
    expect(gridTable(after)).not.toContain('old');
  });

  it('are shown as they come where nothing old is there, or where the new have the seeds of the old', () => {
    expect(rowsOf(renewed.slice(0, 1)).map(({ state }) => state)).toEqual(['finished', 'missing', 'missing']);
    expect(rowsOf([...old.slice(0, 1), ...renewed.slice(0, 1)])[0]).toMatchObject({
      accuracy: 0.95,
      old: null,
    });
  });

  it('lose nothing: what is new is kept beside what is old, and alone once it is whole', () => {
    const part = kept(candidates(runs, [...old, ...renewed.slice(0, 2)]));
    expect(part).toHaveLength(5);
    expect(kept(candidates(runs, part))).toEqual(part);
    expect(kept(candidates(runs, [...old, ...renewed]))).toEqual(renewed);
  });

  it('know of a run that failed why it did, until it finishes', () => {
    const [first = gridRun('snip', 1)] = runs;
    const failure = failureOf(first, 'The loss is no number.', 'a machine');
    const [one] = candidates(runs, [...old, failure]);
    expect(one?.failed?.problem).toBe('The loss is no number.');
    expect(kept(candidates(runs, [...old, failure]))).toHaveLength(4);
    expect(candidates(runs, [failure, ...renewed])[0]?.failed).toBeUndefined();
    expect(candidates(runs, [{ ...failure, revision: 1 }])[0]?.failed).toBeUndefined();
  });

  it('have the dense network of each seed that was measured last', () => {
    const dense = (accuracy: number, createdAt: string) =>
      rowOf(runs[0] ?? gridRun('snip', 1), measured(runs[0], { denseAccuracy: accuracy, createdAt }));
    const found = denseBySeed([dense(0.98, '2026-02-01'), dense(0.97, '2026-01-01')]);
    expect(found.get(1)).toEqual({ accuracy: 0.98, epochs: 10 });
  });
});

describe('a table', () => {
  it('has epochs, time and the dense network after as many epochs for every row', () => {
    const rows = [
      ...finishedRows('snip', [0.95, 0.96]).map((row) => ({ ...row, ownSeconds: 90 })),
      ...finishedRows('imp', [0.97, 0.98], { paradigm: 'imp', changes: { prune: { rounds: 1 } } }).map(
        (row) => ({
          ...row,
          ownSeconds: null,
          seconds: 120,
        }),
      ),
      ...finishedRows('longer', [0.99, 0.99], {
        paradigm: 'magnitude-one-shot',
        budget: 0,
        changes: { finetune: trainSpecSchema.parse({ epochs: 10 }) },
      }),
    ];
    expect(
      gridTable(rows)
        .split('\n')
        .map((line) => line.split('|').map((cell) => cell.trim())),
    ).toEqual([
      ['', '', 'Epochs', 'Time', '90 %', 'Dense, as long', ''],
      ['', '---', '---:', '---:', '---:', '---:', ''],
      ['', 'snip', '10', '1 min 30 s', '95.50 ± 6.35 (2)', '98.00 ± 0.00 (2)', ''],
      ['', 'imp', '20', '≤ 2 min', '97.50 ± 6.35 (2)', '99.00 ± 0.00 (2)', ''],
    ]);
  });
});

describe('results that are no working networks', () => {
  const erk = finishedRows('random-erk', [0.9, 0.9], { paradigm: 'random-erk' });

  it('are marked where the mean is under a random mask with ERK, and only there', () => {
    const rows = [...erk, ...finishedRows('a', [0.8, 0.98]), ...finishedRows('b', [0.91, 0.9])];
    const marks = marksOf(rows);
    expect(marks.lines({ a: 'For a reason.', b: 'Never said.' })).toEqual([
      '- `a`: at 90 % under random with ERK (89.00 against 90.00). For a reason.',
    ]);
    expect(gridTable(rows)).toMatch(/\| a \|.*89\.00 ± 114\.36 \(2\) ‡ \|/);
    expect(gridTable(rows)).not.toMatch(/\| (b|random-erk) \|.*‡/);
    // At another sparsity there is no control to be under.
    expect(marksOf([...erk, ...finishedRows('a', [0.8], { budget: 0.98 })]).lines({})).toEqual([]);
  });

  it('are marked where a run is nearer to chance than to the dense network, or has lost a class', () => {
    // Ten classes and a dense network of 98 %: halfway is 54 %.
    const rows = [...finishedRows('a', [0.55, 0.53, 0.97]), ...finishedRows('b', [0.55, 0.97])];
    expect(marksOf(rows).lines({})).toEqual(['- `a`: at 90 % 1 of 3 runs collapsed.']);
    const lost = finishedRows('c', [0.88, 0.97]).map((row, i) => ({ ...row, lostClasses: i === 0 ? 1 : 0 }));
    expect(marksOf(lost).lines({})).toEqual(['- `c`: at 90 % 1 of 2 runs collapsed.']);
    expect(gridTable(lost)).toContain('†');
    expect(LEGEND).toMatch(/†.*‡/);
  });
});
