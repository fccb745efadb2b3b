import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEnd, Submission } from '../../../main/jobs/executors/executor.ts';
import { RedisExecutor } from '../../../main/jobs/executors/redis.ts';
import { PREFIX, redisUrl } from '../../../main/jobs/executors/redis-connection.ts';
import { RedisWorker } from '../../../main/jobs/executors/redis-worker.ts';
import { failureOf } from '../../../main/jobs/executors/job.ts';
import { childHost } from '../../../main/jobs/child-host.ts';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { sampleReport } from '../../engine/report/sample.ts';
import { hasRedis, TestRedis } from './redis-server.ts';

const folder = temporaryFolder();
const engine = join(import.meta.dirname, 'writing-engine.ts');
const VERSION = '1.2.3';

describe.skipIf(!hasRedis)('a worker of a Redis server (needs redis-server)', () => {
  let server: TestRedis;
  let worker: RedisWorker;
  let executor: RedisExecutor;
  let storage: string;
  const ends = new Map<string, RunEnd>();
  const listeners = new Map<string, (end: RunEnd) => void>();
  const place = () => ({ url: server.url, queue: 'tests' });
  const startWorker = (cache: string) =>
    RedisWorker.start({
      ...place(),
      version: VERSION,
      startEngine: () => childHost(engine),
      jobs: 1,
      lockMs: 5_000,
      data: [],
      cache,
      storage,
      say: () => undefined,
    });
  const watched = (one: RedisExecutor) => {
    one.watch({
      message: () => undefined,
      warn: () => undefined,
      ended(id, end) {
        expect(ends.has(id), `${id} ends twice`).toBe(false);
        ends.set(id, end);
        listeners.get(id)?.(end);
      },
    });
    return one;
  };
  const recipe = (changes: object = {}) =>
    recipeSchema.parse({ ...sampleReport().recipe, name: 'plain', ...changes });
  const run = (id: string, changes: object = {}): Submission => ({
    id,
    folder: join(folder, 'runs', id),
    run: { recipe: recipe(changes), baseFolder: folder, device: 'cpu', threads: 1 },
  });
  const endOf = (id: string) =>
    new Promise<RunEnd>((resolve) => {
      const known = ends.get(id);
      if (known !== undefined) resolve(known);
      listeners.set(id, resolve);
    });
  const goesOn = async () => {
    const id = `after-${ends.size}`;
    await executor.submit([run(id)]);
    expect((await endOf(id)).state).toBe('finished');
    await executor.collect(id);
  };

  beforeAll(async () => {
    storage = join(folder, 'storage');
    await mkdir(storage);
    server = await TestRedis.start(join(folder, 'server'));
    worker = await startWorker(join(folder, 'cache'));
    executor = watched(await RedisExecutor.open({ ...place(), version: VERSION }));
  });
  afterAll(async () => {
    await executor?.close();
    await worker?.stop();
    await server?.kill();
  });

  it('fails a run of another version with words, and goes on with the next', async () => {
    const other = watched(await RedisExecutor.open({ ...place(), version: '9.9.9' }));
    await other.submit([run('other-version')]);
    expect(await endOf('other-version')).toMatchObject({
      state: 'failed',
      problem: { code: 'executor/version', message: expect.stringContaining('9.9.9') as string },
    });
    await other.close();
    await goesOn();
  });

  it('fails payloads of another schema, and those that ask for more than a recipe', async () => {
    const queue = new Queue('tests', { connection: { url: server.url }, prefix: PREFIX });
    const good = { format: 2, program: VERSION, recipe: recipe(), device: 'cpu', threads: 1 };
    const bad: Record<string, { data: unknown; code: string }> = {
      format: { data: { ...good, format: 99 }, code: 'executor/format' },
      code: {
        data: { ...good, place: { kind: 'carried', inputs: [] }, command: 'id' },
        code: 'executor/payload',
      },
      climbs: {
        data: { ...good, place: { kind: 'storage', folder: '../x', sweep: 'd', baseFolder: '/' } },
        code: 'executor/payload',
      },
      outside: {
        data: {
          ...good,
          recipe: recipe({ data: { kind: 'csv', path: '/etc/passwd' } }),
          place: { kind: 'storage', folder: 'sweep', sweep: 'sweep', baseFolder: storage },
        },
        code: 'files/outside',
      },
      unpacked: {
        data: {
          ...good,
          recipe: recipe({ data: { kind: 'csv', path: '/etc/passwd' } }),
          place: { kind: 'carried', inputs: [] },
        },
        code: 'executor/missing-data',
      },
      gone: {
        data: {
          ...good,
          recipe: recipe({ data: { kind: 'csv', path: 't.csv' } }),
          place: {
            kind: 'carried',
            inputs: [{ shown: 't.csv', kind: 'file', main: 't.csv', list: 'a'.repeat(64) }],
          },
        },
        code: 'executor/missing-data',
      },
    };
    await mkdir(join(storage, 'sweep'));
    for (const [id, { data }] of Object.entries(bad)) await queue.add('run', data, { jobId: id });
    await goesOn();
    for (const [id, { code }] of Object.entries(bad)) {
      const job = (await queue.getJob(id)) as { failedReason: string } | undefined;
      expect(failureOf(job?.failedReason).code, id).toBe(code);
    }
    await queue.close();
  });

  it('brings data by their contents, once, and what the run leaves back', async () => {
    await writeFile(join(folder, 't.csv'), 'a,label\n1,x\n2,y\n');
    const data = { kind: 'csv', path: 't.csv' };
    await executor.submit([run('first', { data }), run('second', { data, seed: 2 })]);
    for (const id of ['first', 'second']) {
      expect(await endOf(id)).toEqual({ state: 'finished', retries: 0 });
      await executor.collect(id);
    }
    const found = (id: string) => readFile(join(folder, 'runs', id, 'found.txt'), 'utf8');
    expect(await found('first')).toBe(await found('second'));
    expect(await readFile((await found('first')).trim(), 'utf8')).toBe('a,label\n1,x\n2,y\n');
    expect(await readdir(join(folder, 'cache', 'data'))).toHaveLength(1);
    expect(await readdir(join(folder, 'cache', 'runs'))).toEqual([]);
  });

  it('says that data are missing where they are to be packed', async () => {
    const data = { kind: 'csv', path: 'none.csv' };
    await expect(executor.submit([run('none', { data })])).rejects.toEqual(
      problemWith({ code: 'files/missing' }),
    );
  });

  const canMount = process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0;
  it.skipIf(!canMount)('fails a run for which the disk has no room (needs root and mount)', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]);
    if (mounted.status !== 0) return expect(mounted.stderr.toString()).toMatch(/permitted|denied/);
    await worker.stop();
    worker = await startWorker(small);
    try {
      await writeFile(join(folder, 'large.csv'), 'x'.repeat(1_000_000));
      await executor.submit([run('large', { data: { kind: 'csv', path: 'large.csv' } })]);
      expect(await endOf('large')).toMatchObject({ state: 'failed', problem: { code: 'files/disk-full' } });
      await goesOn();
    } finally {
      await worker.stop();
      spawnSync('umount', [small]);
      worker = await startWorker(join(folder, 'cache'));
    }
  });

  it('ends a run at its next step when it is cancelled, and takes waiting ones out', async () => {
    await executor.submit([run('slow', { name: 'slow' }), run('waiting')]);
    const message = new Promise<void>((resolve) =>
      executor.watch({
        message: () => resolve(),
        warn: () => undefined,
        ended: (id, end) => (ends.set(id, end), listeners.get(id)?.(end)),
      }),
    );
    await message;
    await executor.cancel(['slow', 'waiting']);
    expect((await endOf('slow')).state).toBe('cancelled');
    expect((await endOf('waiting')).state).toBe('cancelled');
    expect(await executor.status()).toMatchObject({ kind: 'redis', workers: 1, waiting: 0, active: 0 });
  });

  it('needs a password where the server has one, and never shows it', async () => {
    const secret = 'open-sesame';
    const closed = await TestRedis.start(join(folder, 'closed'), ['--requirepass', secret]);
    try {
      const open = (url: string) => RedisExecutor.open({ url, queue: 'tests', version: VERSION });
      await expect(open(closed.url)).rejects.toEqual(problemWith({ code: 'executor/no-server' }));
      const wrong = closed.url.replace('//', '//:wrong-one@');
      const error: unknown = await open(wrong).catch((reason: unknown) => reason);
      expect(JSON.stringify(error)).not.toContain('wrong-one');
      const file = join(folder, 'address');
      await writeFile(file, `${closed.url.replace('//', `//:${secret}@`)}\n`);
      await chmod(file, 0o644);
      await expect(redisUrl(undefined, file)).rejects.toEqual(
        problemWith({ code: 'secrets/readable', file }),
      );
      await chmod(file, 0o600);
      const opened = await open(await redisUrl(undefined, file));
      expect(JSON.stringify(await opened.status())).not.toContain(secret);
      await opened.close();
    } finally {
      await closed.kill();
      await rm(join(folder, 'address'), { force: true });
    }
  });
});
