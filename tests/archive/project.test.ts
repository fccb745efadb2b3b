import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importProject } from '../../main/archive/import.ts';
import { archiveName, writeProject } from '../../main/archive/write.ts';
import { manifestSchema } from '../../main/archive/format.ts';
import { sha256 } from '../../main/files/hash.ts';
import { openStore } from '../../main/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';
import { sampleRecipe, sampleReport } from '../support/samples.ts';

/** What was measured of a run's file. */
const MEASURED = { accuracy: 0.875, samples: 40 };

const folder = temporaryFolder();
const here = openStore(join(folder, 'here', 'espalier.db'));
const there = openStore(join(folder, 'there', 'espalier.db'));
afterAll(() => {
  here.close();
  there.close();
});

const written = async (id: number) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeProject(here, id, '1.2.3')) chunks.push(chunk);
  return Buffer.concat(chunks);
};
let files = 0;
const file = (bytes: Uint8Array) => {
  const path = join(folder, `${++files}.zip`);
  writeFileSync(path, bytes);
  return path;
};

const project = here.projects.create('Äpfel & Birnen').id;
const recipe = sampleRecipe({ network: '/etc/model.onnx' });
const [first, waiting, trashed] = ['Boskoop', 'waits', 'thrown away'].map(
  (name) => here.runs.create(project, name, recipe, 'auto').id,
) as [number, number, number];
const weights = Uint8Array.from({ length: 5_000 }, (_, i) => (i * i) % 251);
let whole: Buffer;
beforeAll(async () => {
  here.runs.update(first, {
    state: 'finished',
    report: sampleReport(recipe),
    device: 'cpu',
    notes: 'sour, keeps long',
    stages: [{ id: 'a', label: 'A', epochs: 2 }],
    progress: { stage: 0, epoch: 2, step: 10, fraction: 1, etaSeconds: null, samplesPerSecond: 3 },
    startedAt: '2026-01-02T03:04:05.678Z',
    endedAt: '2026-01-02T03:05:05.678Z',
  });
  here.tags.change([first], ['autumn'], []);
  here.metrics.add(first, [
    { name: 'train/loss', step: 1, epoch: 0.5, stage: 0, value: 0.25 },
    { name: 'mask/overlap', step: 1, epoch: 0.5, stage: 0, round: 3, value: 0.5 },
  ]);
  here.layers.set(first, 2, [{ name: 'w', total: 10, kept: 4 }]);
  here.logs.add(first, { at: '2026-01-02T03:04:06.000Z', level: 'warning', text: 'hm' });
  const model = await here.artifacts.put(first, { name: 'model.onnx', kind: 'onnx', content: weights });
  here.artifacts.measured(model.id, MEASURED);
  await here.artifacts.put(first, { name: 'c/model.c', kind: 'c', content: strToU8('int x;') });
  await here.artifacts.put(waiting, { name: 'same.onnx', kind: 'onnx', content: weights });
  const sweep = here.sweeps.create(project, 'Two seeds', 'seeds: [1, 2]\n', '2026-01-01T00:00:00.000Z');
  const place = { series: 'snip', measure: 'sparsity', budget: 0.8 } as const;
  for (const [seed, run] of [first, waiting, trashed].entries())
    here.sweeps.add(sweep, run, { ...place, seed });
  here.sweeps.create(here.projects.create('Another').id, 'Of another project', '');
  here.runs.update(trashed, { deletedAt: '2026-01-02T03:04:05.678Z' });
  whole = await written(project);
});

test('what is exported comes back the same, to the last number and byte', async () => {
  const made = await importProject(there, file(whole));
  expect(made).toMatchObject({ name: 'Äpfel & Birnen', runs: 2 });
  const [b, a] = there.runs.places(made.id).map(({ id }) => id) as [number, number];
  const { id: _id, projectId: _project, folder: none, ...now } = there.runs.get(a);
  const { id: _old, projectId: _before, folder: _folder, ...before } = here.runs.get(first);
  expect(now).toEqual(before);
  expect(none).toBeNull();
  expect(there.runs.get(b)).toMatchObject({ name: 'waits', state: 'interrupted', resumable: false });
  expect(there.runs.report(a)).toEqual(here.runs.report(first));
  expect(there.metrics.ofRun(a)).toEqual(here.metrics.ofRun(first));
  expect(there.layers.ofRun(a)).toEqual(here.layers.ofRun(first));
  expect(there.logs.ofRun(a)).toEqual(here.logs.ofRun(first));
  const left = there.artifacts.ofRun(a);
  expect(left.map(({ name, kind }) => [name, kind])).toEqual([
    ['model.onnx', 'onnx'],
    ['c/model.c', 'c'],
  ]);
  expect(Buffer.from(await there.artifacts.content(left[0]?.id ?? 0))).toEqual(Buffer.from(weights));
  expect(left.map((file) => file.measured)).toEqual([MEASURED, null]);
});

test('sweeps come with their runs, but for those in the trash', async () => {
  const made = await importProject(there, file(whole));
  const [b, a] = there.runs.places(made.id).map(({ id }) => id) as [number, number];
  const sweeps = there.sweeps.list().filter(({ projectId }) => projectId === made.id);
  expect(sweeps).toMatchObject([
    { name: 'Two seeds', createdAt: '2026-01-01T00:00:00.000Z', runs: 2, finished: 1 },
  ]);
  const id = sweeps[0]?.id ?? 0;
  expect(there.sweeps.grid(id)).toBe('seeds: [1, 2]\n');
  expect(there.sweeps.runs(id)).toMatchObject([
    { id: a, series: 'snip', measure: 'sparsity', budget: 0.8, seed: 0 },
    { id: b, seed: 1, state: 'interrupted' },
  ]);
});

test.each([[[1, 1]], [[3]]])(
  'a sweep of the runs %j is refused, and nothing of the project stays',
  async (numbers) => {
    const before = there.projects.list().length;
    const place = { series: 's', measure: 'sparsity', budget: 0.5, seed: 1 };
    const sweep = { name: 'x', grid: '', createdAt: '2026-01-01T00:00:00.000Z' };
    const bytes = changed((entries) => {
      const runs = numbers.map((run) => ({ ...place, run }));
      entries['sweeps.json'] = strToU8(JSON.stringify([{ ...sweep, runs }]));
    });
    await expect(importProject(there, file(bytes))).rejects.toMatchObject({
      problem: { code: 'archive/damaged', field: 'sweeps.json' },
    });
    expect(there.projects.list()).toHaveLength(before);
  },
);

test('the same project gives the same bytes, and each content once', async () => {
  expect((await written(project)).equals(whole)).toBe(true);
  const names = Object.keys(unzipSync(whole));
  expect(names.filter((name) => name.startsWith('blobs/'))).toHaveLength(2);
  expect(names.some((name) => name.startsWith('runs/3/'))).toBe(false);
  const again = await importProject(there, file(whole));
  expect(again.id).not.toBe(1);
});

test('paths that came in an archive open nothing here', async () => {
  expect([...here.runs.recipes()]).toHaveLength(3);
  await importProject(there, file(whole));
  expect([...there.runs.recipes()]).toEqual([]);
});

type Files = Record<string, Uint8Array>;
/** The archive with other entries, and a manifest that agrees with them. */
function changed(change: (entries: Files) => void, manifest: object = {}): Uint8Array {
  const entries = unzipSync(whole);
  change(entries);
  const old = JSON.parse(Buffer.from(entries['manifest.json'] ?? []).toString()) as object;
  const named = Object.entries(entries).filter(([name]) => name !== 'manifest.json');
  const list = named.map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256(bytes) }));
  entries['manifest.json'] = strToU8(JSON.stringify({ ...old, entries: list, ...manifest }));
  return zipSync(entries);
}
const json = (entries: Files, path: string) =>
  JSON.parse(Buffer.from(entries[path] ?? []).toString()) as Record<string, unknown>;

/** Sizes of five entries in the zip's directory, set to 4 GB each. */
function inflated(): Uint8Array {
  const bytes = Buffer.from(zipSync({ ...unzipSync(whole) }));
  let at = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  for (let n = 0; n < 5; n++) {
    bytes.writeUInt32LE(0xfffffff0, at + 24);
    at = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]), at + 4);
  }
  return bytes;
}

const cases: [string, string, () => Uint8Array][] = [
  ['no project', 'archive/no-project', () => zipSync({})],
  ['a later version', 'archive/newer', () => changed(() => undefined, { version: 2 })],
  ['another form', 'archive/damaged', () => changed(() => undefined, { format: 'x' })],
  [
    'a way out of the folder',
    'archive/name',
    () => changed((entries) => (entries['../../evil'] = new Uint8Array(1))),
  ],
  [
    'an absolute path',
    'archive/name',
    () => changed((entries) => (entries['/etc/passwd'] = new Uint8Array(1))),
  ],
  ['what the manifest does not name', 'archive/damaged', () => changed(() => undefined, { entries: [] })],
  ['a missing run', 'archive/damaged', () => changed((entries) => delete entries['runs/2/run.json'])],
  [
    'a missing content',
    'archive/damaged',
    () => changed((entries) => delete entries[`blobs/${sha256(weights)}`]),
  ],
  ['more runs than there are', 'archive/damaged', () => changed(() => undefined, { runs: 3 })],
  ['too many runs', 'archive/damaged', () => changed(() => undefined, { runs: 1e9 })],
  [
    'a run that is none',
    'archive/damaged',
    () => changed((entries) => (entries['runs/1/run.json'] = strToU8('{"name": 5}'))),
  ],
  ['no JSON', 'archive/damaged', () => changed((entries) => (entries['runs/1/log.json'] = strToU8('[[[')))],
  ['20 GB', 'archive/too-large', inflated],
  ['no zip', 'data/format', () => strToU8('x'.repeat(100))],
  ['half of it', 'data/format', () => whole.subarray(0, whole.length / 2)],
  ...['../up', 'a/../../up', '/root', 'C:\\x', 'a\\b', '.', 'tab\there', ''].map(
    (name): (typeof cases)[number] => [
      `a file called ${JSON.stringify(name)}`,
      'archive/damaged',
      () =>
        changed((entries) => {
          const list = json(entries, 'runs/1/artifacts.json') as unknown as object[];
          entries['runs/1/artifacts.json'] = strToU8(JSON.stringify([{ ...list[0], name }]));
        }),
    ],
  ),
];
test.each(cases)('%s is refused as %s, and leaves nothing', async (_what, code, bytes) => {
  const before = there.projects.list();
  await expect(importProject(there, file(bytes()))).rejects.toEqual(problemWith({ code }));
  expect(there.projects.list()).toEqual(before);
});

test('a content that was changed is refused, whatever its size and checksum', async () => {
  const entries = unzipSync(whole);
  const manifest = manifestSchema.parse(json(entries, 'manifest.json'));
  const path = `blobs/${sha256(weights)}`;
  entries[path] = weights.map((byte) => byte ^ 1);
  expect(manifest.entries.find((entry) => entry.path === path)?.bytes).toBe(weights.length);
  await expect(importProject(there, file(zipSync(entries)))).rejects.toEqual(
    problemWith({ code: 'archive/damaged', field: path }),
  );
});

test('the name of the file is safe', () => {
  expect(archiveName('a/b\\c:"d"\n?')).toBe('a_b_c__d___.espalier-project.zip');
});
