import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOWHERE } from '../../../main/contract/executors.ts';
import { childHost } from '../../../main/jobs/child-host.ts';
import { engineEntry } from '../../../main/jobs/entry.ts';
import { RedisWorker } from '../../../main/jobs/executors/redis-worker.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { testStudio, type TestStudio } from '../../support/studio.ts';
import { hasRedis, TestRedis } from '../executors/redis-server.ts';

const folder = temporaryFolder();
const engine = join(import.meta.dirname, 'leaving-engine.ts');
const VERSION = '1.2.3';
const go = join(folder, 'go');
process.env['ESPALIER_TEST_GO'] = go;

const grid = (seeds: readonly number[], budgets = [0.8]) => ({
  name: 'Elsewhere',
  base: { network: 'lenet-300-100', data: 'digits', finetune: { epochs: 1 } },
  paradigms: ['snip'],
  budgets,
  seeds,
});

describe.skipIf(!hasRedis)("the studio's sweeps on a Redis server (needs redis-server)", () => {
  let server: TestRedis;
  let studio: TestStudio;
  let worker: RedisWorker | undefined;
  let projectId: number;
  const open = () =>
    testStudio(folder, {
      version: VERSION,
      startEngine: () => childHost(engineEntry()),
    });
  const startWorker = async (version = VERSION, extra: { storage?: string; threads?: number } = {}) => {
    worker = await RedisWorker.start({
      url: server.url,
      queue: 'tests',
      version,
      startEngine: () => childHost(engine),
      jobs: 1,
      lockMs: 5_000,
      data: [],
      cache: join(folder, 'cache'),
      say: () => undefined,
      ...extra,
    });
  };
  const stopWorker = async () => {
    await worker?.stop();
    worker = undefined;
  };
  /** Asks until it holds: what others do is told of in their own time. */
  const until = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const states = async (id: number) => (await studio.ask('sweeps.get', { id })).states;
  const ended = (id: number) => until(async () => (await studio.ask('sweeps.get', { id })).live === 0);
  const runsOf = async (id: number) =>
    (await studio.ask('runs.query', { sweepId: id, sort: { key: 'created', down: false } })).rows;
  const start = (seeds: readonly number[], budgets?: number[]) =>
    studio.ask('sweeps.start', { projectId, grid: grid(seeds, budgets), executor: 'redis' });

  beforeAll(async () => {
    server = await TestRedis.start(join(folder, 'server'));
    studio = open();
    projectId = (await studio.ask('projects.create', { name: 'p' })).id;
  });
  afterAll(async () => {
    await stopWorker();
    await studio?.close();
    await server?.kill();
  });

  it('can only be chosen where a server is set, and says what is missing', async () => {
    const problems = async () =>
      Object.fromEntries(
        (await studio.ask('executors.list', null)).map(({ kind, problem }) => [kind, problem?.code ?? null]),
      );
    expect(await problems()).toMatchObject({
      local: null,
      redis: 'executor/not-set',
      slurm: 'executor/no-storage',
    });
    await expect(start([1])).rejects.toEqual(problemWith({ code: 'executor/not-set' }));
    const set = (part: object) => studio.ask('settings.set', { elsewhere: { ...NOWHERE, ...part } });
    await expect(set({ redis: 'redis://:secret@127.0.0.1' })).rejects.toThrow(/password does not belong/);
    await expect(set({ redis: 'http://127.0.0.1' })).rejects.toThrow(/no address of a Redis server/);
    await expect(set({ storage: '/proc/self' })).rejects.toEqual(problemWith({ code: 'files/outside' }));
    await set({ redis: server.url, queue: 'tests' });
    expect(await problems()).toMatchObject({ redis: null });
    expect(await studio.ask('executors.test', { kind: 'redis' })).toMatchObject({ workers: 0, waiting: 0 });
  });

  it('are handed over, watched across a restart of the studio, and enter the table once', async () => {
    const { id } = await start([1, 2, 5]);
    await until(async () => {
      const { status } = await studio.ask('sweeps.executor', { id });
      return status?.waiting === 3;
    });
    await startWorker();
    await until(async () => (await states(id)).finished === 1 && (await states(id)).running === 1);
    const { status } = await studio.ask('sweeps.executor', { id });
    expect(status).toMatchObject({ kind: 'redis', workers: 1, waiting: 1, active: 1 });
    expect(status?.known[0]).toMatchObject({ version: VERSION });
    expect(status?.known[0]?.heard).toBeLessThan(60);

    await studio.close();
    writeFileSync(go, '');
    studio = open();
    expect((await studio.ask('sweeps.get', { id })).executor).toBe('redis');
    await ended(id);
    const view = await studio.ask('sweeps.get', { id });
    expect(view).toMatchObject({ states: { finished: 3 }, failures: [], retries: { times: 0, runs: 0 } });
    expect(view.cells).toMatchObject([{ seeds: [1, 2, 5], accuracy: { n: 3 } }]);
    for (const { id: runId } of await runsOf(id)) {
      const files = await studio.ask('artifacts.list', { runId });
      expect(files.map(({ name }) => name)).toEqual(['report.json', 'model.onnx']);
    }
  });

  it('tell what failed and why, and go on; what failed is done once more when it is asked for', async () => {
    const { id } = await start([3, 1, 4], [0.8, 0.9]);
    await ended(id);
    const view = await studio.ask('sweeps.get', { id });
    expect(view.states).toEqual({ finished: 2, failed: 4 });
    expect(view.failures).toMatchObject([
      { message: 'The loss is no number.', remedy: null, runs: 2 },
      { message: 'There is no room left on the disk.', remedy: 'Make room.', runs: 2 },
    ]);
    const failed = view.failures[0]?.run ?? 0;
    expect(await studio.ask('runs.get', { id: failed })).toMatchObject({
      state: 'failed',
      executor: 'redis',
      problem: { code: 'train/diverged' },
    });
    await expect(studio.ask('runs.pause', { id: failed })).rejects.toEqual(
      problemWith({ code: 'run/elsewhere' }),
    );
    await studio.ask('runs.retry', { id: failed });
    await until(async () => (await studio.ask('runs.get', { id: failed })).state === 'failed');
  });

  it('fail on a worker of another version with its words', async () => {
    await stopWorker();
    await startWorker('9.9.9');
    const { id } = await start([1]);
    await ended(id);
    const [failure] = (await studio.ask('sweeps.get', { id })).failures;
    expect(failure?.message).toContain('9.9.9');
    expect((await studio.ask('sweeps.executor', { id })).status).toBeNull();
    await stopWorker();
  });

  it('are cancelled while they wait and while they are at work, and go on later', async () => {
    rmSync(go);
    const { id } = await start([2, 5]);
    await until(async () => (await studio.ask('sweeps.executor', { id })).status?.waiting === 2);
    await expect(studio.ask('sweeps.remove', { id, folder: false })).rejects.toEqual(
      problemWith({ code: 'sweep/live' }),
    );
    await startWorker();
    await until(async () => (await states(id)).running === 1);
    await studio.ask('sweeps.cancel', { id });
    await ended(id);
    expect(await states(id)).toEqual({ cancelled: 2 });
    const [first] = await runsOf(id);
    expect(first).toMatchObject({ resumable: true });
    writeFileSync(go, '');
    await studio.ask('sweeps.resume', { id });
    await ended(id);
    expect(await states(id)).toEqual({ finished: 2 });
    const [, model] = await studio.ask('artifacts.list', { runId: first?.id ?? 0 });
    const { content } = await studio.artifact(model?.id ?? 0);
    expect(Buffer.from(content).toString()).toBe('from the checkpoint');
    await stopWorker();
  });

  it('wait where the server is away, say so, and go on when it is back', async () => {
    await studio.close();
    await server.kill();
    studio = open();
    const { id } = await start([1]);
    await until(async () => (await studio.ask('sweeps.executor', { id })).problem !== null);
    expect((await studio.ask('sweeps.executor', { id })).problem).toMatchObject({
      code: 'executor/no-server',
    });
    // What was never handed over can be taken back without it.
    await studio.ask('sweeps.cancel', { id });
    expect(await states(id)).toEqual({ cancelled: 1 });
    await studio.ask('sweeps.resume', { id });
    await server.up();
    await startWorker();
    await ended(id);
    expect(await states(id)).toEqual({ finished: 1 });
    await stopWorker();
  });

  it('stay on storage that all see, where there is one', async () => {
    const storage = join(folder, 'shared');
    mkdirSync(storage);
    await studio.ask('settings.set', {
      elsewhere: { ...NOWHERE, redis: server.url, queue: 'tests', storage },
    });
    await startWorker(VERSION, { storage });
    const { id } = await start([1]);
    await ended(id);
    const [run] = await runsOf(id);
    const place = await studio.ask('runs.folder', { id: run?.id ?? 0 });
    expect(place.path?.startsWith(join(storage, 'espalier'))).toBe(true);
    expect(await studio.ask('artifacts.list', { runId: run?.id ?? 0 })).toHaveLength(2);
    await studio.ask('runs.remove', { id: run?.id ?? 0 });
    expect(existsSync(place.path ?? '')).toBe(false);
    await stopWorker();
  });

  it('compute with the threads that the settings give them, or their worker was given', async () => {
    await studio.ask('settings.set', {
      elsewhere: { ...NOWHERE, redis: server.url, queue: 'tests', threads: 2 },
    });
    const deviceOf = async (threads?: number) => {
      await startWorker(VERSION, threads === undefined ? {} : { threads });
      const { id } = await start([1]);
      await ended(id);
      await stopWorker();
      const [run] = await runsOf(id);
      return (await studio.ask('runs.report', { id: run?.id ?? 0 }))?.device;
    };
    expect(await deviceOf()).toBe('fake, 2 threads');
    expect(await deviceOf(3)).toBe('fake, 3 threads');
    const set = (threads: number) => studio.ask('settings.set', { elsewhere: { ...NOWHERE, threads } });
    await expect(set(0)).rejects.toThrow(/whole number of threads/);
    await expect(set(1.5)).rejects.toThrow(/whole number of threads/);
  });

  it('leave their own folder on shared storage alone or with them when they are forgotten, and nothing beside it', async () => {
    const storage = join(folder, 'shared');
    const beside = join(storage, 'espalier', 'of-somebody-else');
    mkdirSync(beside, { recursive: true });
    await studio.ask('settings.set', {
      elsewhere: { ...NOWHERE, redis: server.url, queue: 'tests', storage },
    });
    await startWorker(VERSION, { storage });
    const [stays, goes] = [await start([1]), await start([5])];
    await ended(stays.id);
    await ended(goes.id);
    await stopWorker();
    const folderOf = async (id: number) => (await studio.ask('sweeps.get', { id })).sharedFolder ?? '';
    const [kept, gone] = [await folderOf(stays.id), await folderOf(goes.id)];
    expect(kept).toMatch(/^.*shared.espalier.[0-9a-f]{16}$/);
    const [run] = await runsOf(goes.id);
    const runId = run?.id ?? 0;

    await studio.ask('sweeps.remove', { id: stays.id, folder: false });
    expect(existsSync(kept)).toBe(true);
    // A link in the folder's place is not followed, and the sweep is not forgotten.
    const aside = `${gone}.aside`;
    renameSync(gone, aside);
    symlinkSync(beside, gone);
    await expect(studio.ask('sweeps.remove', { id: goes.id, folder: true })).rejects.toEqual(
      problemWith({ code: 'sweep/folder' }),
    );
    rmSync(gone);
    renameSync(aside, gone);
    // Nor are links within it.
    symlinkSync(beside, join(gone, 'link'));
    writeFileSync(join(beside, 'file'), 'stays');
    await studio.ask('sweeps.remove', { id: goes.id, folder: true });
    expect(existsSync(gone)).toBe(false);
    expect(readFileSync(join(beside, 'file'), 'utf8')).toBe('stays');
    // The run keeps its files and its report, and says that it has no folder.
    expect(await studio.ask('artifacts.list', { runId })).toHaveLength(2);
    expect(await studio.ask('runs.get', { id: runId })).toMatchObject({
      state: 'finished',
      resumable: false,
    });
    expect((await studio.ask('runs.folder', { id: runId })).path).toBeNull();
  });
});
