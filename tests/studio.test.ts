import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recipeSchema } from '../main/contract/recipe.ts';
import type { Recipe } from '../main/contract/recipe.ts';
import type { Desk } from '../main/ipc/desk.ts';
import { childHost } from '../main/jobs/child-host.ts';
import { engineEntry } from '../main/jobs/entry.ts';
import { temporaryFolder } from './support/folder.ts';
import { problemWith } from './support/problem.ts';
import { sampleRecipe } from './support/samples.ts';
import { testStudio } from './support/studio.ts';
import type { TestStudio } from './support/studio.ts';

const base = temporaryFolder();
const folder = join(base, 'home');
let studio: TestStudio;
let projectId: number;

beforeAll(async () => {
  mkdirSync(join(folder, 'pictures', '.hidden'), { recursive: true });
  mkdirSync(join(folder, 'pictures', 'cats'));
  for (const name of ['b10.csv', 'b9.csv']) writeFileSync(join(folder, 'pictures', name), 'a,b\n');
  writeFileSync(join(base, 'secret.csv'), 'a,b\n');
  symlinkSync(join(base, 'secret.csv'), join(folder, 'pictures', 'link.csv'));
  studio = testStudio(folder);
  projectId = (await studio.ask('projects.create', { name: 'Digits' })).id;
});
afterAll(() => studio.close());

const finished = (id: number) =>
  studio.event((event) => event.type === 'run' && event.run.id === id && event.run.state === 'finished');

test('a run from start to download', async () => {
  const run = await studio.ask('runs.start', { projectId, recipe: sampleRecipe({ name: 'finish' }) });
  expect(run).not.toHaveProperty('folder');
  await finished(run.id);
  const after = await studio.ask('runs.get', { id: run.id });
  expect(after).toMatchObject({ state: 'finished', result: { sparsity: 0.9 } });
  expect(await studio.ask('runs.query', { projectId })).toMatchObject({ total: 1, rows: [{ id: after.id }] });
  expect(await studio.ask('runs.query', {})).toMatchObject({ total: 1, rows: [{ id: after.id }] });
  expect(await studio.ask('runs.metrics', { id: run.id })).toHaveLength(10);
  expect(await studio.ask('runs.layers', { id: run.id })).toHaveLength(2);
  expect((await studio.ask('runs.report', { id: run.id }))?.verdict).toBe('Ten times smaller.');

  const artifacts = await studio.ask('artifacts.list', { runId: run.id });
  const model = artifacts.find(({ name }) => name === 'model.onnx');
  const saved = await studio.ask('artifacts.save', { id: model?.id ?? 0 });
  const id = saved.how === 'download' ? (saved.url.split('/').at(-1) ?? '') : '';
  expect(studio.desk.take(id)).toBe(model?.id);
  expect(studio.desk.take(id)).toBeNull();
  const { content } = await studio.artifact(model?.id ?? 0);
  expect(content).toHaveLength(1000);
});

test('a change of one setting leaves the others as they are', async () => {
  await studio.ask('settings.set', { device: 'cpu', checkpointDays: 7 });
  await studio.ask('settings.set', { theme: 'dark' });
  expect(await studio.ask('settings.get', null)).toMatchObject({
    theme: 'dark',
    device: 'cpu',
    checkpointDays: 7,
  });
  await studio.ask('settings.set', { theme: 'system', device: 'auto', checkpointDays: null });
});

test('a studio has its folder for itself, and gives it back', async () => {
  const other = join(base, 'other');
  const first = testStudio(other);
  expect(() => testStudio(other)).toThrow(problemWith({ code: 'store/in-use' }));
  const project = await first.ask('projects.create', { name: 'kept' });
  await first.close();
  const second = testStudio(other);
  expect(await second.ask('projects.list', null)).toEqual([project]);
  await second.close();
});

test('a database that cannot be used does not keep the folder locked', () => {
  const broken = join(base, 'broken');
  mkdirSync(join(broken, 'data'), { recursive: true });
  writeFileSync(join(broken, 'data', 'espalier.db'), 'no database '.repeat(1000));
  for (let i = 0; i < 2; i++)
    expect(() => testStudio(broken)).toThrow(problemWith({ code: 'store/corrupt' }));
});

test('settings and facts', async () => {
  expect(await studio.ask('app.info', null)).toEqual({
    version: '0.0.0-test',
    shell: 'browser',
    dataFolder: join(folder, 'data'),
  });
  expect(await studio.ask('settings.set', { theme: 'dark' })).toMatchObject({
    theme: 'dark',
    device: 'auto',
  });
  expect(await studio.ask('settings.get', null)).toMatchObject({ theme: 'dark' });
});

test('what does not exist is refused in words', async () => {
  for (const call of [
    'runs.get',
    'runs.metrics',
    'runs.layers',
    'runs.log',
    'runs.report',
    'runs.remove',
  ] as const) {
    await expect(studio.ask(call, { id: 999 })).rejects.toEqual(problemWith({ code: 'run/missing' }));
  }
  await expect(studio.ask('artifacts.list', { runId: 999 })).rejects.toEqual(
    problemWith({ code: 'run/missing' }),
  );
  await expect(studio.ask('artifacts.save', { id: 999 })).rejects.toEqual(
    problemWith({ code: 'artifact/missing' }),
  );
});

test('browsing stays below the roots', async () => {
  const roots = await studio.ask('files.list', { folder: null });
  expect(roots).toEqual({
    folder: null,
    parent: null,
    entries: [{ name: folder, path: folder, folder: true, bytes: 0 }],
  });
  expect((await studio.ask('files.list', { folder })).parent).toBeNull();
  const pictures = await studio.ask('files.list', { folder: join(folder, 'pictures') });
  expect(pictures.parent).toBe(folder);
  expect(pictures.entries.map(({ name }) => name)).toEqual(['cats', 'b9.csv', 'b10.csv']);
  for (const outside of [base, join(folder, '..'), '/etc', '..']) {
    await expect(studio.ask('files.list', { folder: outside })).rejects.toEqual(
      problemWith({ code: 'files/outside' }),
    );
  }
  await expect(studio.ask('files.list', { folder: join(folder, 'pictures', 'b9.csv') })).rejects.toEqual(
    problemWith({ code: 'files/wrong-type' }),
  );
  expect(await studio.ask('files.pick', { what: 'file', title: 't' })).toEqual({ native: false, path: null });
});

test.each([
  [{ network: '../secret.onnx' }],
  [{ network: '/etc/passwd' }],
  [{ data: { kind: 'csv', path: '../secret.csv' } }],
  [{ data: { kind: 'csv', path: 'pictures/link.csv' } }],
  [{ data: { kind: 'csv', path: 'pictures/b9.csv', testPath: '/etc/passwd' } }],
  [
    {
      data: {
        kind: 'idx',
        path: 'pictures',
        files: { trainImages: '../../secret.csv', trainLabels: 'b9.csv' },
      },
    },
  ],
])('a recipe cannot reach outside: %j', async (change) => {
  const recipe = { ...sampleRecipe(), ...change } as Recipe;
  const outside = problemWith({ code: 'files/outside', kind: 'input' });
  await expect(studio.ask('runs.start', { projectId, recipe })).rejects.toEqual(outside);
  await expect(
    studio.ask('networks.inspect', { network: recipe.network, data: recipe.data }),
  ).rejects.toEqual(outside);
});

test('files that a person picked in a dialog may be read', async () => {
  const picked = join(base, 'secret.csv');
  const desk = Object.assign(Object.create(studio.desk) as typeof studio.desk, {
    pick: async () => ({ native: true, path: picked }),
  });
  const own = testStudio(join(base, 'own'), { desk });
  const { id } = await own.ask('projects.create', { name: 'p' });
  const recipe = recipeSchema.parse({ ...sampleRecipe(), data: { kind: 'csv', path: picked } });
  await expect(own.ask('runs.start', { projectId: id, recipe })).rejects.toEqual(
    problemWith({ code: 'files/outside' }),
  );
  await own.ask('files.pick', { what: 'file', title: 't' });
  expect(await own.ask('runs.start', { projectId: id, recipe })).toMatchObject({ recipe });
  await own.close();
});

test('the real engine answers the questions of the wizard', async () => {
  const real = testStudio(join(base, 'real'), { startEngine: () => childHost(engineEntry()) });
  try {
    const catalog = await real.ask('catalog.get', null);
    const network = catalog.networks[0]?.id ?? '';
    const [summary, checked, wrong] = await Promise.all([
      real.ask('networks.inspect', { network, data: null }),
      real.ask('recipes.check', {
        recipe: 'network: lenet-300-100\ndata: digits\nparadigm: nonsense\nbudget: {sparsity: 0.9}',
      }),
      real.ask('recipes.check', { recipe: { network: 5 } }),
    ]);
    expect(summary.parameters).toBe(catalog.networks[0]?.parameters);
    expect(checked.problems).not.toEqual([]);
    expect(wrong.recipe).toBeNull();
    const data = await real.ask('data.inspect', {
      data: { kind: 'digits', train: 100, test: 50, validation: 50 },
    });
    expect(data.sizes).toEqual({ train: 100, validation: 50, test: 50 });
  } finally {
    await real.close();
  }
});

test('what a run of the desktop app was made from may be read again after a restart; in a browser the roots alone count', async () => {
  const home = join(base, 'again');
  mkdirSync(home);
  const open = (shell: 'electron' | 'browser') => {
    const desk: Desk = {
      shell,
      pick: async () => ({ native: true, path: join(base, 'secret.csv') }),
      save: async () => ({ how: 'cancelled' }),
      saveStream: async () => ({ how: 'cancelled' }),
      open: async () => ({ how: 'opened' }),
      show: async () => false,
      look: () => undefined,
    };
    return testStudio(home, { desk });
  };
  const data = { kind: 'csv', path: join(base, 'secret.csv') } as const;
  const inspect = (opened: TestStudio) => opened.call('data.inspect', { data });
  const outside = { ok: false, problem: { code: 'files/outside' } };

  const today = open('electron');
  expect(await inspect(today)).toMatchObject(outside);
  await today.ask('files.pick', { what: 'file', title: 'Data' });
  const project = await today.ask('projects.create', { name: 'p' });
  const recipe = recipeSchema.parse({ ...sampleRecipe({ name: 'finish' }), data });
  const run = await today.ask('runs.start', { projectId: project.id, recipe });
  await today.event(
    (event) => event.type === 'run' && event.run.id === run.id && event.run.state === 'finished',
  );
  await today.close();

  const tomorrow = open('electron');
  expect(await inspect(tomorrow)).not.toMatchObject(outside);
  await tomorrow.close();
  const browser = open('browser');
  expect(await inspect(browser)).toMatchObject(outside);
  await browser.close();
});
