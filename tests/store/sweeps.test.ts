import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { NOWHERE } from '../../main/contract/executors.ts';
import { openStore } from '../../main/store/store.ts';
import type { RunChange } from '../../main/store/runs.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sampleRecipe, sampleReport } from '../support/samples.ts';

const store = openStore(join(temporaryFolder(), 'espalier.db'));
afterAll(() => store.close());
const project = store.projects.create('p').id;
const place = { series: 'snip', measure: 'sparsity' as const, budget: 0.8, seed: 1 };

function sweepOf(...changes: RunChange[]): { sweep: number; runs: number[] } {
  const sweep = store.sweeps.create(project, 'Many', 'seeds: [1]\n');
  const runs = changes.map((change) => {
    const { id } = store.runs.create(project, 'r', sampleRecipe(), 'auto');
    store.runs.update(id, change);
    store.sweeps.add(sweep, id, place);
    return id;
  });
  return { sweep, runs };
}
const failed = (message: string, remedy?: string): RunChange => ({
  state: 'failed',
  problem: { code: 'a/b', message, kind: 'run', ...(remedy !== undefined && { remedy }) },
});
const finished: RunChange = { state: 'finished', report: sampleReport(sampleRecipe()) };

test('a sweep counts its runs by state, and its failures by their reasons, the most frequent first', () => {
  const { sweep, runs } = sweepOf(
    failed('No room.', 'Make room.'),
    failed('Of another version.'),
    failed('Of another version.'),
    finished,
    { state: 'running' },
    {},
    { ...failed('In the trash.'), deletedAt: '2026-01-01T00:00:00.000Z' },
  );
  expect(store.sweeps.states(sweep)).toEqual({ failed: 3, finished: 1, running: 1, queued: 1 });
  expect(store.sweeps.failures(sweep)).toEqual([
    { message: 'Of another version.', remedy: null, runs: 2, run: runs[1] },
    { message: 'No room.', remedy: 'Make room.', runs: 1, run: runs[0] },
  ]);
  expect(store.sweeps.live(sweep)).toEqual([runs[4], runs[5]]);
  expect(store.sweeps.stopped(sweep)).toEqual(runs.slice(0, 3));
});

test('what was begun again is counted over runs', () => {
  const { sweep, runs } = sweepOf(finished, finished, finished);
  store.sweeps.retried(runs[0] ?? 0, 2);
  store.sweeps.retried(runs[2] ?? 0, 1);
  store.sweeps.retried(runs[2] ?? 0, 1);
  expect(store.sweeps.retries(sweep)).toEqual({ times: 4, runs: 2 });
});

test('finished runs are read a page at a time, with what the budget is of', () => {
  const promises = [{ kind: 'sparsity' as const, before: 100, asked: 20, after: 18 }];
  const { sweep, runs } = sweepOf(
    finished,
    { state: 'running' },
    { state: 'finished', report: { ...sampleReport(sampleRecipe()), promises } },
  );
  const [first, ...others] = store.sweeps.results(sweep, 0, 1);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    id: runs[0],
    series: 'snip',
    accuracy: 0.97,
    narrow: false,
    before: 266_200,
  });
  const behind = store.sweeps.results(sweep, first?.id ?? 0, 10);
  expect(behind).toMatchObject([{ id: runs[2], before: 100, after: 18 }]);
});

test('runs that are done elsewhere wait for nobody here, and are not interrupted with the program', () => {
  const { sweep, runs } = sweepOf({}, { state: 'running' });
  const here = sweepOf({}, { state: 'running' });
  const placement = { ...NOWHERE, redis: 'redis://queue:6379', key: '0123456789abcdef' };
  store.sweeps.send(sweep, 'redis', placement);
  expect(store.sweeps.sent()).toEqual([{ id: sweep, executor: 'redis', placement }]);
  expect(store.sweeps.get(sweep).executor).toBe('redis');
  expect(store.runs.get(runs[0] ?? 0).executor).toBe('redis');
  expect(store.runs.get(here.runs[0] ?? 0).executor).toBeUndefined();
  const waiting = store.runs.inState('queued').map(({ id }) => id);
  expect(waiting).toContain(here.runs[0]);
  expect(waiting).not.toContain(runs[0]);
  expect(store.runs.waiting()).toBe(waiting.length);
  store.runs.interruptOrphans();
  expect(store.runs.get(runs[1] ?? 0).state).toBe('running');
  expect(store.runs.get(here.runs[1] ?? 0).state).toBe('interrupted');
  expect(store.sweeps.sweepOf(runs[0] ?? 0)).toBe(sweep);
  expect(store.sweeps.sweepOf(here.runs[0] ?? 0)).toBeNull();
});
