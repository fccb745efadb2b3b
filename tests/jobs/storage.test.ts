import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Storage } from '../../main/jobs/storage.ts';
import { openStore } from '../../main/store/store.ts';
import { temporaryFolder } from '../support/folder.ts';
import { problemWith } from '../support/problem.ts';
import { sampleRecipe } from '../support/samples.ts';

const dataFolder = temporaryFolder();
const store = openStore(join(dataFolder, 'espalier.db'));
afterAll(() => store.close());
let busy = false;
const now = Date.parse('2026-06-30T12:00:00Z');
const storage = new Storage({ store, dataFolder, busy: () => busy, now: () => now });

const project = store.projects.create('p').id;
const write = (path: string, bytes: number) => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, new Uint8Array(bytes));
};
/** A run that ended so many days ago, with a checkpoint of 1000 bytes and an export of 10. */
function run(state: 'finished' | 'interrupted', days: number): string {
  const { id } = store.runs.create(project, `${state} ${days}`, sampleRecipe(), 'auto');
  const folder = join(dataFolder, 'runs', String(id));
  write(join(folder, 'checkpoint.safetensors'), 1_000);
  write(join(folder, 'model.onnx'), 10);
  store.runs.update(id, { state, folder, endedAt: new Date(now - days * 86_400_000).toISOString() });
  return folder;
}
const old = run('finished', 40);
const young = run('finished', 3);
const interrupted = run('interrupted', 400);
const lost = join(dataFolder, 'runs', '4711');
write(join(lost, 'deep', 'file'), 77);
const foreign = join(dataFolder, 'runs', 'holiday pictures');
write(join(foreign, 'file'), 5);
write(join(dataFolder, 'speed', 'a.json'), 20);
write(join(dataFolder, 'espalier.db.version-2.backup'), 300);
write(join(dataFolder, 'secrets.txt'), 9_999);

test('counts what is there by kind, and what of it may go', async () => {
  const use = await storage.use();
  expect(use).toMatchObject({
    checkpoints: { used: 3_000, reclaimable: 0 },
    files: { used: 30, reclaimable: 0 },
    caches: { used: 20, reclaimable: 20 },
    backups: { used: 300, reclaimable: 300 },
    orphans: { used: 77, reclaimable: 77 },
  });
  expect(use.database.used).toBeGreaterThan(4_096);
});

test('checkpoints of finished runs go when they are older than wanted; those of others stay', async () => {
  store.settings.set({ checkpointDays: 30 });
  expect((await storage.use()).checkpoints).toEqual({ used: 3_000, reclaimable: 1_000 });
  await storage.reclaim('checkpoints');
  expect(existsSync(join(old, 'checkpoint.safetensors'))).toBe(false);
  expect(existsSync(join(old, 'model.onnx'))).toBe(true);
  store.settings.set({ checkpointDays: 0 });
  await storage.reclaim('checkpoints');
  expect(existsSync(join(young, 'checkpoint.safetensors'))).toBe(false);
  expect(existsSync(join(interrupted, 'checkpoint.safetensors'))).toBe(true);
  expect((await storage.use()).checkpoints).toEqual({ used: 1_000, reclaimable: 0 });
});

test('what is no run’s goes, and what is not the program’s stays', async () => {
  for (const kind of ['orphans', 'caches', 'backups', 'files'] as const) await storage.reclaim(kind);
  const use = await storage.use();
  for (const kind of ['orphans', 'caches', 'backups'] as const) expect(use[kind].used).toBe(0);
  expect(use.files.used).toBe(30);
  expect(existsSync(lost)).toBe(false);
  expect(existsSync(join(foreign, 'file'))).toBe(true);
  expect(existsSync(join(dataFolder, 'secrets.txt'))).toBe(true);
});

test('the database gives back the room of what was removed, but not while a run is at work', async () => {
  const { id } = store.runs.create(project, 'large', sampleRecipe(), 'auto');
  const noise = randomBytes(400_000);
  await store.artifacts.put(id, { name: 'w', kind: 'x', content: noise });
  store.runs.remove(id);
  const before = await storage.use();
  expect(before.database.reclaimable).toBeGreaterThan(100_000);
  busy = true;
  await expect(storage.reclaim('database')).rejects.toEqual(problemWith({ code: 'storage/busy' }));
  busy = false;
  await storage.reclaim('database');
  const after = await storage.use();
  expect(after.database.reclaimable).toBe(0);
  expect(after.database.used).toBeLessThan(before.database.used);
});
