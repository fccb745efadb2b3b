import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, expect, test, vi } from 'vitest';
import { api } from '../../main/contract/api.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { runQuerySchema } from '../../main/contract/run-list.ts';
import { migrations } from '../../main/store/migrations/index.ts';
import { openDatabase } from '../../main/store/open.ts';
import { openStore } from '../../main/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sampleRecipe, sampleReport } from '../support/samples.ts';
import type { z } from 'zod';

const folder = temporaryFolder();
const file = join(folder, 'espalier.db');
const store = openStore(file);
afterAll(() => store.close());

const ask = (query: z.input<typeof runQuerySchema>) => store.runs.query(runQuerySchema.parse(query));
const names = (query: z.input<typeof runQuerySchema>) => ask(query).rows.map(({ name }) => name);
const project = store.projects.create('orchard').id;
const made = (name: string, change: Parameters<typeof sampleRecipe>[0] = {}) =>
  store.runs.create(project, name, sampleRecipe(change), 'auto').id;

// All are made in the same millisecond.
vi.useFakeTimers({ toFake: ['Date'] });
const apple = made('Apple, early', { network: 'lenet-5', budget: { sparsity: 0.5 } });
const pear = made('pear', { budget: { macs: 0.3 } });
const quince = made('Quínce', { budget: { macs: 1_000 } });
vi.useRealTimers();
const sized = (id: number, accuracy: number) => {
  const report = sampleReport(sampleRecipe());
  store.runs.update(id, {
    state: 'finished',
    report: { ...report, compressed: { ...report.compressed, accuracy } },
  });
};
sized(apple, 0.9);
sized(quince, 0.99);

test('sorts by every column, what is missing last either way', () => {
  const by = (key: 'name' | 'asked' | 'accuracy' | 'change' | 'created' | 'state', down: boolean) =>
    names({ projectId: project, sort: { key, down } });
  expect(by('name', false)).toEqual(['Apple, early', 'pear', 'Quínce']);
  expect(by('asked', false)).toEqual(['Apple, early', 'pear', 'Quínce']);
  expect(by('asked', true)).toEqual(['pear', 'Apple, early', 'Quínce']);
  expect(by('accuracy', true)).toEqual(['Quínce', 'Apple, early', 'pear']);
  expect(by('change', false)).toEqual(['Apple, early', 'Quínce', 'pear']);
  expect(by('state', true)).toEqual(['pear', 'Quínce', 'Apple, early']);
  expect(by('created', false)).toEqual(['Apple, early', 'pear', 'Quínce']);
});

test('finds the beginnings of words in names, notes, tags and recipes, and follows what changes', () => {
  const found = (text: string) => names({ projectId: project, text, sort: { key: 'created', down: false } });
  expect(found('app')).toEqual(['Apple, early']);
  expect(found('quince')).toEqual(['Quínce']);
  expect(found('lenet-5 ear')).toEqual(['Apple, early']);
  expect(found('digits magnitude-grad')).toHaveLength(3);
  expect(found('pple')).toEqual([]);
  expect(found('" OR name:* -')).toEqual([]);
  expect(found('% ·')).toHaveLength(3);
  store.runs.update(pear, { notes: 'Wormy below the bark' });
  expect(found('worm')).toEqual(['pear']);
  store.runs.update(pear, { notes: '', name: 'Medlar' });
  expect(found('worm')).toEqual([]);
  expect(found('medl')).toEqual(['Medlar']);
  store.tags.change([pear, apple], ['late harvest'], []);
  expect(found('harv')).toEqual(['Apple, early', 'Medlar']);
  store.tags.change([apple], [], ['Late Harvest']);
  expect(found('harv')).toEqual(['Medlar']);
  expect(names({ tags: ['LATE harvest'] })).toEqual(['Medlar']);
  expect(store.tags.list()).toEqual([{ tag: 'late harvest', runs: 1 }]);
});

test('states, the trash and projects are kept apart, and gone runs are not found', () => {
  expect(names({ projectId: project, states: 'live' })).toEqual(['Medlar']);
  expect(names({ projectId: project, states: 'finished' })).toEqual(['Quínce', 'Apple, early']);
  expect(names({ projectId: project, states: 'stopped' })).toEqual([]);
  expect(ask({ projectId: store.projects.create('other').id }).total).toBe(0);
  store.runs.update(apple, { deletedAt: '2026-01-01T00:00:00.000Z' });
  expect(names({ projectId: project })).toEqual(['Quínce', 'Medlar']);
  expect(names({ trash: true })).toEqual(['Apple, early']);
  store.runs.remove(apple);
  expect(ask({ trash: true, text: 'apple' }).total).toBe(0);
  store.tags.change([quince], ['gone'], []);
  store.projects.remove(project);
  expect(ask({ text: 'quince' }).total).toBe(0);
  expect(store.tags.list()).toEqual([]);
});

test('a page of ten thousand runs with long reports is small and in order', () => {
  const { id } = store.projects.create('many');
  const report = sampleReport(sampleRecipe());
  const long = {
    ...report,
    warnings: Array.from({ length: 400 }, (_, n) => `A warning of some length, ${n}`),
  };
  const db = new Sqlite(file);
  db.transaction(() => {
    const add = db.prepare(
      `INSERT INTO runs (project_id, name, state, recipe, device_wanted, created_at, accuracy) VALUES (?, ?, 'failed', ?, '', ?, ?)`,
    );
    const addReport = db.prepare('INSERT INTO reports (run_id, report) VALUES (?, ?)');
    const [recipe, text] = [JSON.stringify(sampleRecipe()), JSON.stringify(long)];
    for (let n = 0; n < 10_000; n++) {
      const accuracy = ((n * 7_919) % 10_000) / 10_000;
      const { lastInsertRowid } = add.run(id, `run ${n}`, recipe, new Date(n * 1000).toISOString(), accuracy);
      if (n % 100 === 0) addReport.run(lastInsertRowid, text);
    }
  })();
  db.close();
  const page = ask({ projectId: id, sort: { key: 'accuracy', down: true }, offset: 5_000, limit: 50 });
  expect(page.total).toBe(10_000);
  const expected = Array.from({ length: 10_000 }, (_, n) => ({ n, accuracy: (n * 7_919) % 10_000 }))
    .sort((a, b) => b.accuracy - a.accuracy)
    .slice(5_000, 5_050);
  expect(page.rows.map(({ name }) => name)).toEqual(expected.map(({ n }) => `run ${n}`));
  const sent = JSON.stringify(api['runs.query'].result.parse(page));
  expect(sent.length).toBeLessThan(50 * 700);
  expect(ask({ projectId: id, text: 'run 77', limit: 0 }).total).toBe(111);
});

test('what was stored before has its figures, its place in every order and its words after the migration', () => {
  const path = join(folder, 'old', 'espalier.db');
  const old = openDatabase(path, migrations.slice(0, 2));
  old.exec(`INSERT INTO projects (name, created_at) VALUES ('p', '')`);
  const add = old.prepare(
    `INSERT INTO runs (project_id, name, state, recipe, device_wanted, report, created_at) VALUES (1, ?, 'finished', ?, '', ?, '')`,
  );
  const pairs = { lost: 3, gained: 1, samples: 200 };
  const budgets = [
    { sparsity: 0.8 },
    { macs: 0.25 },
    { macs: 5_000 },
    { bytes: { kept: 0.5 } },
    { accuracyDrop: 1 },
  ];
  const fresh = openStore(join(folder, 'fresh', 'espalier.db'));
  fresh.projects.create('p');
  const cases = budgets.map((budget, index) => {
    const recipe = recipeSchema.parse({ ...sampleRecipe(), budget });
    const plain = sampleReport(recipe);
    const report = index === 0 ? { ...plain, pairs } : index === 1 ? { ...plain, dense: null } : plain;
    add.run(`run ${index}`, JSON.stringify(recipe), JSON.stringify(report));
    const { id } = fresh.runs.create(1, `run ${index}`, recipe, '');
    return fresh.runs.update(id, { state: 'finished', report });
  });
  add.run('damaged', JSON.stringify(sampleRecipe()), 'no json');
  old.close();
  const migrated = openStore(path);
  for (const { id, result } of cases) {
    expect(migrated.runs.get(id).result).toEqual(result);
    expect(migrated.runs.report(id)).toEqual(fresh.runs.report(id));
  }
  for (const key of ['asked', 'accuracy', 'change'] as const) {
    const query = runQuerySchema.parse({ text: 'run digits', sort: { key, down: false } });
    expect(migrated.runs.query(query).rows.map(({ id }) => id)).toEqual(
      fresh.runs.query(query).rows.map(({ id }) => id),
    );
  }
  expect(migrated.runs.query(runQuerySchema.parse({ text: 'damaged' })).rows).toMatchObject([
    { name: 'damaged', problem: { code: 'store/unreadable' } },
  ]);
  migrated.close();
  fresh.close();
});
