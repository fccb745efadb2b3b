import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { NOWHERE } from '../../main/contract/executors.ts';
import { runQuerySchema } from '../../main/contract/run-list.ts';
import { runStateSchema } from '../../main/contract/run.ts';
import type { MetricPoint } from '../../main/contract/run.ts';
import { openStore } from '../../main/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';
import { sampleRecipe, sampleReport } from '../support/samples.ts';

const folder = temporaryFolder();
const file = join(folder, 'espalier.db');
const store = openStore(file);
afterAll(() => store.close());

const blobs = () => {
  const db = new Sqlite(file, { readonly: true });
  const rows = db.prepare('SELECT sha256, bytes, encoding, length(content) AS stored FROM blobs').all();
  db.close();
  return rows as { sha256: string; bytes: number; encoding: string; stored: number }[];
};
const listed = (projectId: number) => store.runs.query(runQuerySchema.parse({ projectId })).rows;
const newRun = () => store.runs.create(store.projects.create('p').id, 'run', sampleRecipe(), 'auto');

test('projects: create, rename, list with their runs, remove', () => {
  const { id } = store.projects.create('First');
  expect(store.projects.rename(id, 'Renamed')).toMatchObject({ id, name: 'Renamed', runs: 0 });
  store.runs.create(id, 'r', sampleRecipe(), 'auto');
  expect(store.projects.list().find((project) => project.id === id)?.runs).toBe(1);
  store.projects.remove(id);
  for (const act of [
    () => store.projects.get(id),
    () => store.projects.rename(id, 'x'),
    () => store.projects.remove(id),
  ]) {
    expect(act).toThrow(problemWith({ code: 'project/missing' }));
  }
});

test('a run keeps its recipe, and every change of it', () => {
  const recipe = sampleRecipe({ name: 'Ünïcode' });
  const project = store.projects.create('p').id;
  const run = store.runs.create(project, 'name', recipe, 'cpu');
  expect(run).toMatchObject({
    state: 'queued',
    recipe,
    deviceWanted: 'cpu',
    result: null,
    problem: null,
    resumable: false,
  });
  const progress = { stage: 0, epoch: 1.5, step: 12, fraction: 0.25, etaSeconds: null, samplesPerSecond: 3 };
  const problem = { code: 'a/b', message: 'm', kind: 'run' as const };
  const changed = store.runs.update(run.id, {
    state: 'failed',
    folder: '/f',
    stages: [{ id: 'a', label: 'A', epochs: 2 }],
    progress,
    problem,
    checkpoint: { stage: 0, epoch: 1 },
    startedAt: 's',
  });
  expect(changed).toMatchObject({ state: 'failed', progress, problem, resumable: true, startedAt: 's' });
  expect(store.runs.update(run.id, { problem: null, progress: null })).toMatchObject({
    problem: null,
    progress: null,
    folder: '/f',
  });
  expect(() => store.runs.update(9999, { state: 'failed' })).toThrow(problemWith({ code: 'run/missing' }));
});

test('a report gives the run its figures and can be read back whole', () => {
  const run = newRun();
  const pairs = { lost: 3, gained: 1, samples: 200 };
  const report = { ...sampleReport(run.recipe), pairs };
  expect(store.runs.report(run.id)).toBeNull();
  store.runs.update(run.id, { report });
  expect(store.runs.report(run.id)).toEqual(report);
  expect(store.runs.get(run.id).result).toEqual({
    denseAccuracy: 0.98,
    accuracy: 0.97,
    promises: report.promises,
    sparsity: 0.9,
    parameters: 266_610,
    nonzero: 27_000,
    pairs,
    test: 2,
  });
  store.runs.update(run.id, { report: { ...report, original: { ...report.compressed, accuracy: 0.99 } } });
  expect(store.runs.get(run.id).result?.denseAccuracy).toBe(0.99);
});

test('a run without a dense network has its figures as any other, alone and in the list', () => {
  const run = newRun();
  store.runs.update(run.id, { report: { ...sampleReport(run.recipe), dense: null } });
  expect(store.runs.get(run.id).result).toMatchObject({ denseAccuracy: null, accuracy: 0.97 });
  expect(listed(run.projectId).map(({ id }) => id)).toEqual([run.id]);
});

test('a row that cannot be read hides no other, is named, and can be removed', () => {
  const project = store.projects.create('p').id;
  const made = () => store.runs.create(project, 'run', sampleRecipe(), 'auto').id;
  const broken = ['recipe', 'state', 'stages', 'progress', 'problem', 'checkpoint'].map((column) => {
    const id = made();
    const db = new Sqlite(file);
    db.prepare(`UPDATE runs SET ${column} = '{"no": 1}' WHERE id = ?`).run(id);
    db.close();
    return { id, column };
  });
  const good = made();
  expect(store.runs.inState('queued').map(({ id }) => id)).toContain(good);
  const named = listed(project);
  expect(named.map(({ id }) => id)).toEqual([good, ...broken.map(({ id }) => id).reverse()]);
  for (const { id, column } of broken) {
    expect(named.find((run) => run.id === id)?.problem?.field).toBe(`run ${id}: ${column}`);
    expect(store.runs.place(id)).toMatchObject({ id, name: 'run', folder: null });
    store.runs.remove(id);
  }
  expect(listed(project).map(({ id }) => id)).toEqual([good]);
});

test('runs with a process behind them become interrupted, others stay as they are', () => {
  const runs = runStateSchema.options.map((state) => ({
    state,
    id: store.runs.update(newRun().id, { state }).id,
  }));
  store.runs.interruptOrphans();
  const active = ['preparing', 'running', 'pausing', 'paused', 'cancelling'];
  for (const { state, id } of runs) {
    expect(store.runs.get(id).state).toBe(active.includes(state) ? 'interrupted' : state);
  }
});

test('a value in the database that is not what it should be is named, not trusted', () => {
  const run = newRun();
  const db = new Sqlite(file);
  db.prepare(`UPDATE runs SET recipe = '{"network": 5}' WHERE id = ?`).run(run.id);
  expect(() => store.runs.get(run.id)).toThrow(problemWith({ code: 'store/unreadable' }));
  db.prepare(`UPDATE runs SET recipe = 'not json' WHERE id = ?`).run(run.id);
  expect(() => store.runs.get(run.id)).toThrow(problemWith({ code: 'store/unreadable' }));
  db.close();
  store.runs.remove(run.id);
});

test('metrics come back in order; a repeated step replaces the earlier value', () => {
  const { id } = newRun();
  const point = (name: MetricPoint['name'], step: number, value: number): MetricPoint => ({
    name,
    step,
    epoch: step / 10,
    stage: 0,
    value,
  });
  store.metrics.add(id, [point('train/loss', 2, 0.5), point('train/loss', 1, 0.9), point('sparsity', 1, 0)]);
  store.metrics.add(id, [point('train/loss', 2, 0.4)]);
  expect(store.metrics.ofRun(id).map(({ name, step, value }) => [name, step, value])).toEqual([
    ['sparsity', 1, 0],
    ['train/loss', 1, 0.9],
    ['train/loss', 2, 0.4],
  ]);
});

test('rounds of one step are kept apart, and come back in their order', () => {
  const { id } = newRun();
  const at = { name: 'mask/overlap', step: 0, epoch: 0, stage: 0 } as const;
  store.metrics.add(id, [
    { ...at, round: 10, value: 0.4 },
    { ...at, round: 2, value: 0.9 },
    { ...at, value: 1 },
  ]);
  store.metrics.add(id, [{ ...at, round: 10, value: 0.5 }]);
  expect(store.metrics.ofRun(id)).toEqual([
    { ...at, value: 1 },
    { ...at, round: 2, value: 0.9 },
    { ...at, round: 10, value: 0.5 },
  ]);
});

test('a batch of metrics is stored whole or not at all', () => {
  const { id } = newRun();
  const good: MetricPoint = { name: 'train/loss', step: 1, epoch: 0, stage: 0, value: 1 };
  const bad = { ...good, step: 2, value: 'x' } as unknown as MetricPoint;
  expect(() => store.metrics.add(id, [good, bad])).toThrow();
  expect(store.metrics.ofRun(id)).toEqual([]);
});

test("layers keep the network's order, epoch by epoch", () => {
  const { id } = newRun();
  const layers = (kept: number) => [
    { name: 'z', total: 10, kept, channels: { total: 5, kept: 2 } },
    // Of a run before widths were counted.
    { name: 'a', total: 20, kept },
  ];
  store.layers.set(id, 2, layers(5));
  store.layers.set(id, 1, layers(9));
  store.layers.set(id, 2, layers(4));
  expect(store.layers.ofRun(id)).toEqual([
    { epoch: 1, layers: layers(9) },
    { epoch: 2, layers: layers(4) },
  ]);
});

test('log lines keep their order', () => {
  const { id } = newRun();
  const lines = ['b', 'a', 'c'].map((text) => ({ at: 'same', level: 'info' as const, text }));
  for (const line of lines) store.logs.add(id, line);
  expect(store.logs.ofRun(id)).toEqual(lines);
});

test('artifacts: kept once by content, compressed where it helps, gone with the last that names them', async () => {
  const before = blobs().length;
  const [a, b] = [newRun(), newRun()];
  const zeros = new Uint8Array(100_000);
  const noise = randomBytes(10_000);
  const first = await store.artifacts.put(a.id, { name: 'w.onnx', kind: 'onnx', content: zeros });
  const second = await store.artifacts.put(b.id, { name: 'w.onnx', kind: 'onnx', content: zeros });
  const third = await store.artifacts.put(b.id, { name: 'n.bin', kind: 'weights', content: noise });
  const fourth = await store.artifacts.put(b.id, { name: 'empty', kind: 'x', content: new Uint8Array(0) });
  expect(first).toMatchObject({ runId: a.id, name: 'w.onnx', bytes: 100_000 });
  expect(second.sha256).toBe(first.sha256);
  expect(blobs()).toHaveLength(before + 3);
  const stored = new Map(blobs().map((row) => [row.sha256, row]));
  expect(stored.get(first.sha256)?.stored).toBeLessThan(1_000);
  expect(stored.get(third.sha256)).toMatchObject({ encoding: 'raw', stored: 10_000 });

  expect(Buffer.from(await store.artifacts.content(first.id)).equals(Buffer.from(zeros))).toBe(true);
  expect(Buffer.from(await store.artifacts.content(third.id)).equals(noise)).toBe(true);
  expect(await store.artifacts.content(fourth.id)).toHaveLength(0);
  expect(store.artifacts.ofRun(b.id).map(({ name }) => name)).toEqual(['w.onnx', 'n.bin', 'empty']);

  const measured = { accuracy: 0.9, samples: 20 };
  expect(third.measured).toBeNull();
  expect(store.artifacts.measured(third.id, measured)).toEqual({ ...third, measured });
  expect(await store.artifacts.put(b.id, { name: 'n.bin', kind: 'weights', content: noise })).toMatchObject({
    measured,
  });
  // Another content is another file: nobody has measured it.
  const replaced = await store.artifacts.put(b.id, { name: 'n.bin', kind: 'weights', content: zeros });
  expect(replaced.id).toBe(third.id);
  expect(blobs().map(({ sha256 }) => sha256)).not.toContain(third.sha256);

  store.runs.remove(b.id);
  expect(blobs()).toHaveLength(before + 1);
  expect(replaced.measured).toBeNull();
  expect(await store.artifacts.content(first.id)).toHaveLength(100_000);
  store.projects.remove(a.projectId);
  expect(blobs()).toHaveLength(before);
  await expect(store.artifacts.content(first.id)).rejects.toEqual(problemWith({ code: 'artifact/missing' }));
});

test('a damaged content is never handed out', async () => {
  const { id } = newRun();
  const artifact = await store.artifacts.put(id, {
    name: 'a',
    kind: 'x',
    content: Buffer.from('abc'.repeat(99)),
  });
  const db = new Sqlite(file);
  const swap = (content: Buffer) =>
    db.prepare('UPDATE blobs SET content = ? WHERE sha256 = ?').run(content, artifact.sha256);
  swap(Buffer.from([1, 2, 3]));
  await expect(store.artifacts.content(artifact.id)).rejects.toEqual(problemWith({ code: 'store/corrupt' }));
  const { deflateRawSync } = await import('node:zlib');
  for (const content of [Buffer.from('abd'.repeat(99)), Buffer.alloc(50_000_000)]) {
    swap(deflateRawSync(content));
    await expect(store.artifacts.content(artifact.id)).rejects.toEqual(
      problemWith({ code: 'store/corrupt' }),
    );
  }
  db.close();
});

test('the draft that was left last is kept, replaced and forgotten, and one that cannot be read is none', () => {
  const left = {
    projectId: 3,
    origin: null,
    seen: ['network', 'goal'],
    recipe: {
      network: 'lenet-300-100',
      data: { kind: 'digits', train: 500 },
      paradigm: 'snip',
      budget: { sparsity: 'not a number yet' },
      prune: {},
      export: ['onnx'],
      dense: { epochs: 7 },
    },
  };
  expect(store.draft.get()).toBeNull();
  store.draft.keep({ ...left, seen: [] });
  store.draft.keep(left);
  expect(store.draft.get()).toEqual(left);
  store.draft.keep(null);
  expect(store.draft.get()).toBeNull();
  const db = new Sqlite(file);
  db.prepare(`INSERT INTO settings VALUES ('draft', '{"recipe":1}')`).run();
  db.close();
  expect(store.draft.get()).toBeNull();
});

test('settings have defaults, keep what was set, and survive values they do not know', () => {
  const defaults = { theme: 'system', device: 'auto', checkpointDays: null, elsewhere: NOWHERE };
  expect(store.settings.get()).toEqual(defaults);
  expect(store.settings.set({ theme: 'dark' })).toEqual({ ...defaults, theme: 'dark' });
  const db = new Sqlite(file);
  db.prepare(`INSERT INTO settings VALUES ('later', '1'), ('device', '{}')`).run();
  db.close();
  expect(store.settings.get()).toEqual({ ...defaults, theme: 'dark' });
});
