import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StudioEvent } from '../../main/contract/api.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { reportSchema } from '../../main/contract/report.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import { temporaryFolder } from '../support/folder.ts';
import { testStudio } from '../support/studio.ts';
import type { TestStudio } from '../support/studio.ts';

const folder = temporaryFolder();
let studio: TestStudio;
let projectId: number;
beforeAll(async () => {
  studio = testStudio(folder, { startEngine: () => childHost(engineEntry()) });
  projectId = (await studio.ask('projects.create', { name: 'Digits' })).id;
});
afterAll(() => studio.close());

const recipe = (name: string, epochs: number) =>
  recipeSchema.parse({
    name,
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 640, validation: 100, test: 100 },
    dense: { epochs },
    paradigm: 'magnitude-gradual',
    budget: { sparsity: 0.8 },
    prune: { epochs: 1 },
    finetune: { epochs: 1 },
    export: ['onnx', 'safetensors'],
  });

const inState = (id: number, ...states: string[]) =>
  studio.event(
    (event: StudioEvent) => event.type === 'run' && event.run.id === id && states.includes(event.run.state),
  );

test('the real engine under the studio: started, paused, gone on, finished, exported from the database', async () => {
  const { id } = await studio.ask('runs.start', { projectId, recipe: recipe('whole', 3) });
  await studio.event((event) => event.type === 'metrics');
  await studio.ask('runs.pause', { id });
  await inState(id, 'paused');
  await studio.ask('runs.resume', { id });
  await inState(id, 'finished', 'failed', 'crashed');

  const run = await studio.ask('runs.get', { id });
  expect(run.problem).toBeNull();
  expect(run.state).toBe('finished');
  expect(run.result?.sparsity).toBeCloseTo(0.8, 2);
  expect(run.progress?.fraction).toBe(1);
  const names = new Set((await studio.ask('runs.metrics', { id })).map(({ name }) => name));
  expect(names).toContain('validation/accuracy');

  // Forms that the recipe did not ask for are written afterwards, once.
  const [archive] = (await studio.ask('runs.export', { id, format: 'espalier' })).files;
  expect(archive).toMatchObject({ name: 'model.espalier', kind: 'espalier', runId: id });
  const { content: packed } = await studio.artifact(archive?.id ?? 0);
  expect(Buffer.from(packed).subarray(0, 8).toString()).toBe('ESPALIER');
  const eight = await studio.ask('runs.export', { id, format: 'onnx-int8' });
  expect(eight.files.map(({ name }) => name)).toEqual(['model-int8.onnx']);
  expect(await studio.ask('runs.export', { id, format: 'onnx-int8' })).toMatchObject({ files: eight.files });
  const asked = await studio.ask('runs.export', { id, format: 'onnx' });
  // Its file is measured as it was written, and what came of it is kept.
  const report = await studio.ask('runs.report', { id });
  const measured = { accuracy: report?.compressed.accuracy, samples: report?.data.test };
  const read = await studio.ask('runs.measureExport', { id, format: 'espalier' });
  expect(read).toMatchObject({ id: archive?.id, measured });
  expect((await studio.ask('artifacts.list', { runId: id })).find(({ kind }) => kind === 'espalier')).toEqual(
    read,
  );
  const unwritten = studio.ask('runs.measureExport', { id, format: 'keras' });
  await expect(unwritten).rejects.toMatchObject({ problem: { code: 'export/not-written' } });
  expect(asked.files.map(({ name }) => name)).toEqual(['model.onnx']);

  // Which samples flipped is told with what both networks answer: the kept one's own answers say the same.
  const whole = await studio.ask('runs.report', { id });
  const flipped = await studio.ask('runs.flipped', { id });
  expect(flipped).toMatchObject({ lost: whole?.pairs?.lost, gained: whole?.pairs?.gained });
  expect(flipped.samples.length).toBe(Math.min(50, flipped.lost + flipped.gained));
  for (const { way, label, before, after, picture } of flipped.samples) {
    expect(before.join() === label.join()).toBe(way === 'lost');
    expect(after.join() === label.join()).toBe(way === 'gained');
    expect(picture?.labels).toEqual(label);
  }
  const layer = await studio.ask('runs.mask', { id, param: 'fc1.weight' });
  expect(layer).toMatchObject({ shape: [300, 784], rows: 256, columns: 256, total: 235_200 });
  expect(layer?.kept).toBe(whole?.layers.find(({ param }) => param === 'fc1.weight')?.nonzero);
  expect(await studio.ask('runs.folder', { id })).toMatchObject({
    path: join(folder, 'data', 'runs', String(id)),
  });

  rmSync(join(folder, 'data', 'runs', String(id)), { recursive: true });
  const artifacts = await studio.ask('artifacts.list', { runId: id });
  expect(artifacts.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'report.json',
      'report.html',
      'model.onnx',
      'weights.safetensors',
      'masks.safetensors',
    ]),
  );
  for (const { id: artifactId, bytes } of artifacts) {
    expect((await studio.artifact(artifactId)).content).toHaveLength(bytes);
  }
  const kept = artifacts.find(({ name }) => name === 'report.json');
  const { content } = await studio.artifact(kept?.id ?? 0);
  expect(reportSchema.parse(JSON.parse(Buffer.from(content).toString()))).toEqual(
    await studio.ask('runs.report', { id }),
  );
});

test('what cannot be written after a run says why', async () => {
  const [finished] = (await studio.ask('runs.query', { projectId })).rows;
  const refused = studio.ask('runs.export', { id: finished?.id ?? 0, format: 'keras' });
  await expect(refused).rejects.toMatchObject({ problem: { code: 'run/no-checkpoint' } });
});

test('a run of an unknown network fails, and says what it does not know', async () => {
  const wrong = recipeSchema.parse({ ...recipe('wrong', 1), network: 'no-such-network' });
  const { id } = await studio.ask('runs.start', { projectId, recipe: wrong });
  await inState(id, 'failed', 'crashed', 'finished');
  const run = await studio.ask('runs.get', { id });
  expect(run).toMatchObject({ state: 'failed', problem: { kind: 'input' } });
  const refused = studio.ask('runs.export', { id, format: 'onnx' });
  await expect(refused).rejects.toMatchObject({ problem: { code: 'run/not-finished' } });
  expect(run.problem?.message).toContain('no-such-network');
});

test('a cancelled run resumes from its checkpoint', async () => {
  const { id } = await studio.ask('runs.start', { projectId, recipe: recipe('twice', 6) });
  await studio.event(
    (event) =>
      event.type === 'layers' ||
      (event.type === 'run' && event.run.progress !== null && event.run.progress.epoch >= 2),
  );
  await studio.ask('runs.cancel', { id });
  await inState(id, 'cancelled', 'finished');
  expect(await studio.ask('runs.get', { id })).toMatchObject({ state: 'cancelled', resumable: true });
  await studio.ask('runs.resume', { id });
  await inState(id, 'finished', 'failed', 'crashed');
  expect((await studio.ask('runs.get', { id })).state).toBe('finished');
});

test('a forecast is answered without a run, tells how far it is, and gives way to a newer one', async () => {
  const wanted = (rounds: number) =>
    recipeSchema.parse({
      ...recipe('forecast', 1),
      paradigm: 'synflow',
      prune: { rounds },
      budget: { sparsity: 0.98 },
    });
  const old = studio.ask('recipes.forecast', { recipe: wanted(1000), asker: 'me' });
  const superseded = expect(old).rejects.toMatchObject({ problem: { code: 'query/superseded' } });
  const told = studio.event((event) => event.type === 'answering' && event.asker === 'me');
  const forecast = await studio.ask('recipes.forecast', { recipe: wanted(1), asker: 'me' });
  await superseded;
  await told;
  expect(forecast).toMatchObject({ basis: 'exact', empty: ['fc1.weight'], protect: true });
  const { rows } = await studio.ask('runs.query', {});
  expect(rows.map(({ name }) => name)).not.toContain('forecast');
});

test('reading data or a network can be taken back, also while it waits for its place, and asked anew', async () => {
  const data = { kind: 'digits' as const, train: 4000 };
  const network = { network: 'resnet-56', data };
  const given = [
    studio.ask('data.inspect', { data, asker: 'data' }),
    studio.ask('networks.inspect', { ...network, asker: 'network' }),
    studio.ask('networks.inspect', { ...network, asker: 'fit' }),
  ].map((answer) => expect(answer).rejects.toMatchObject({ problem: { code: 'query/given-up' } }));
  // Nobody who waits behind them is forgotten.
  const behind = studio.ask('networks.inspect', { network: 'lenet-300-100', data: null });
  // Paths are looked at before a question is asked.
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const asker of ['data', 'network', 'fit', 'nobody']) await studio.ask('recipes.giveUp', { asker });
  await Promise.all(given);
  expect(await behind).toMatchObject({ parameters: 266_610 });
  expect(await studio.ask('data.inspect', { data, asker: 'data' })).toMatchObject({ sizes: { train: 4000 } });
});

test('what each layer may lose is kept when the question is taken back, and gone on with', async () => {
  const wanted = recipeSchema.parse({
    ...recipe('sensitivity', 1),
    paradigm: 'magnitude-one-shot',
    prune: {},
    budget: { sparsity: 0.5 },
  });
  const ask = () => studio.ask('recipes.sensitivity', { recipe: wanted, asker: 'me' });
  const first = ask();
  const given = expect(first).rejects.toMatchObject({ problem: { code: 'query/given-up' } });
  await studio.event((event) => event.type === 'answering' && event.fraction > 0);
  await studio.ask('recipes.giveUp', { asker: 'me' });
  await given;
  const { sensitivity, solved } = await ask();
  expect(sensitivity.groups.every(({ points }) => points.length === sensitivity.shares.length)).toBe(true);
  expect(solved?.sparsity).toBeGreaterThanOrEqual(0.5);
  expect(Object.keys(solved?.layers ?? {})).toHaveLength(sensitivity.groups.length - 1);
  // Another budget hangs on the same measurement.
  const other = {
    ...wanted,
    budget: { sparsity: 0.6, bytes: { kept: 0.5, format: 'onnx' as const, gzip: true } },
  };
  const without = await studio.ask('recipes.sensitivity', { recipe: recipeSchema.parse(other), asker: 'me' });
  expect(without.sensitivity).toEqual(sensitivity);
  expect(without).toMatchObject({ solved: null, problem: { code: 'sensitivity/amount' } });
});

test('free baselines are recipes like any other', async () => {
  const made = await studio.ask('recipes.baselines', {
    recipe: recipe('mine', 1),
    baselines: ['random', 'narrow'],
  });
  expect(made.map(({ paradigm, narrow }) => [paradigm, narrow])).toEqual([
    ['random-uniform', undefined],
    ['magnitude-one-shot', 0.8],
  ]);
});
