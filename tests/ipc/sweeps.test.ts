import { afterAll, expect, test } from 'vitest';
import { runQuerySchema } from '../../main/contract/run-list.ts';
import { sweepHandlers } from '../../main/ipc/sweeps.ts';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import { gridOutlook, expandGrid } from '../../main/engine/ask/grid.ts';
import type { Context } from '../../main/ipc/context.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sampleReport } from '../support/samples.ts';
import { openStore } from '../../main/store/store.ts';
import { join } from 'node:path';
import { Roots } from '../../main/files/roots.ts';

const folder = temporaryFolder();
const store = openStore(join(folder, 'espalier.db'));
afterAll(() => store.close());
const project = store.projects.create('Grids').id;
const retried: number[] = [];

/** A queue in which runs only wait. */
const supervisor = {
  start: (projectId: number, recipe: Parameters<typeof store.runs.create>[2], device: string, name: string) =>
    store.runs.create(projectId, name, recipe, device),
  cancel: (id: number) => void store.runs.update(id, { state: 'cancelled' }),
  retry: (id: number) => void retried.push(id),
};
const queries = {
  catalog: () => Promise.resolve(catalog()),
  checkGrid: (grid: unknown) => Promise.resolve(gridOutlook(grid)),
  expandGrid: (grid: unknown) => Promise.resolve(expandGrid(grid)),
};
const context = { store, supervisor, queries, roots: new Roots([folder], folder) };
const all = sweepHandlers(context as unknown as Context);
const sweeps = {
  ...all,
  'sweeps.start': (asked: { projectId: number; grid: unknown }) =>
    all['sweeps.start']({ executor: 'local', ...asked }),
};

const grid = {
  name: 'Two',
  base: { network: 'lenet-300-100', data: 'digits', finetune: { epochs: 1 } },
  paradigms: ['magnitude-one-shot', 'snip'],
  budgets: [0.8, 0.9],
  seeds: [1, 2],
};
const finish = (id: number, accuracy: number) => {
  const { recipe } = store.runs.get(id);
  const report = sampleReport(recipe);
  store.runs.update(id, {
    state: 'finished',
    report: { ...report, compressed: { ...report.compressed, accuracy } },
  });
};

test('all runs of a grid wait in the queue, and its page tells means and intervals of those that have finished', async () => {
  const started = await sweeps['sweeps.start']({ projectId: project, grid });
  expect(started).toMatchObject({ name: 'Two', runs: 8, finished: 0, live: 8, done: 0 });
  const runs = store.sweeps.runs(started.id);
  expect(runs.map(({ id }) => store.runs.get(id).name).slice(0, 2)).toEqual([
    'One-shot magnitude pruning, 80 %, seed 1',
    'SNIP, 80 %, seed 1',
  ]);
  const snip = runs.filter(({ series, budget }) => series === 'snip' && budget === 0.8);
  snip.forEach(({ id }, n) => finish(id, n === 0 ? 0.9 : 0.92));
  const view = await sweeps['sweeps.get']({ id: started.id });
  expect([view.finished, view.live, view.done]).toEqual([2, 6, 2]);
  expect(view.cells).toHaveLength(1);
  // Student's t of one degree of freedom: 12.7062 times the deviation over the root of two.
  expect(view.cells[0]?.accuracy.mean).toBeCloseTo(0.91, 12);
  expect(view.cells[0]?.accuracy.half).toBeCloseTo(12.7062 * 0.01, 10);
  expect(store.runs.query(runQuerySchema.parse({ sweepId: started.id })).total).toBe(8);
});

test('what is gone is of what the budget is of', async () => {
  const { id } = await sweeps['sweeps.start']({
    projectId: project,
    grid: {
      ...grid,
      base: { ...grid.base, prune: { structure: { kind: 'channel' } } },
      paradigms: ['magnitude-one-shot'],
      budgets: [{ macs: 0.4 }],
      seeds: [1],
    },
  });
  const [{ id: only } = { id: 0 }] = store.sweeps.runs(id);
  const { recipe } = store.runs.get(only);
  const promises = [{ kind: 'macs' as const, before: 1000, asked: 400, after: 390 }];
  store.runs.update(only, { state: 'finished', report: { ...sampleReport(recipe), promises } });
  const [cell] = (await sweeps['sweeps.get']({ id })).cells;
  expect(cell).toMatchObject({ measure: 'macs', budget: 0.6 });
  expect(cell?.gone).toBeCloseTo(0.61, 12);
});

test('what was stopped goes on, and what has finished stays', async () => {
  const { id } = await sweeps['sweeps.start']({ projectId: project, grid });
  const [first = 0, ...others] = store.sweeps.runs(id).map((run) => run.id);
  finish(first, 0.95);
  await sweeps['sweeps.cancel']({ id });
  expect(store.sweeps.get(id)).toMatchObject({ runs: 8, finished: 1, live: 0 });
  await sweeps['sweeps.resume']({ id });
  expect(retried).toEqual(others);
});

test('runs in the trash are left out, and a narrower network is not what others are held against', async () => {
  const { id } = await sweeps['sweeps.start']({
    projectId: project,
    grid: { ...grid, paradigms: ['snip'], budgets: [0.8], seeds: [1], baselines: ['narrow'] },
  });
  const [pruned = 0, narrow = 0] = store.sweeps.runs(id).map((run) => run.id);
  finish(pruned, 0.9);
  finish(narrow, 0.8);
  const view = await sweeps['sweeps.get']({ id });
  expect([view.cells.length, view.reference?.n]).toEqual([2, 1]);
  store.runs.update(narrow, { deletedAt: '2026-01-01T00:00:00.000Z' });
  expect((await sweeps['sweeps.get']({ id })).cells).toHaveLength(1);
});

test('a grid with a mistake starts nothing, and says where it is', async () => {
  const before = store.sweeps.list().length;
  await expect(
    sweeps['sweeps.start']({ projectId: project, grid: { ...grid, budgets: [1.2] } }),
  ).rejects.toThrow(/1/);
  await expect(sweeps['sweeps.start']({ projectId: project, grid: 'paradigms: [' })).rejects.toThrow();
  expect(store.sweeps.list()).toHaveLength(before);
  await expect(async () => sweeps['sweeps.get']({ id: 999 })).rejects.toThrow('There is no sweep 999.');
});

test('a sweep that is forgotten leaves its runs', async () => {
  const { id } = await sweeps['sweeps.start']({ projectId: project, grid });
  const [{ id: run } = { id: 0 }] = store.sweeps.runs(id);
  await sweeps['sweeps.remove']({ id, folder: false });
  expect(store.runs.get(run).name).toMatch(/seed 1/);
  expect(store.sweeps.list().some((sweep) => sweep.id === id)).toBe(false);
});
