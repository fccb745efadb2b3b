import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { recipeSchema } from '../main/contract/recipe.ts';
import { summarize, toCsv, resultOf } from '../main/engine/sweep/results.ts';
import { renderSweep } from '../main/engine/sweep/page.ts';
import type { Submission } from '../main/jobs/executors/executor.ts';
import { RedisExecutor } from '../main/jobs/executors/redis.ts';
import { RedisWorker } from '../main/jobs/executors/redis-worker.ts';
import { sampleReport } from '../tests/engine/report/sample.ts';
import { TestRedis } from '../tests/jobs/executors/redis-server.ts';
import { timedHost } from './scale/timed-host.ts';

/**
 * How far sweeps on a Redis server go: what the queue costs a run, how many runs of a second some workers end in an hour, how soon
 * another takes over from a worker that was killed, and what the table costs. Engines only wait, so that cores are not what is measured.
 * The figures of docs/scale.md. Needs redis-server.
 */

const WEIGHTS = 1024 * 1024;
const folder = await mkdtemp(join(tmpdir(), 'espalier-scale-'));
const server = await TestRedis.start(join(folder, 'server'));
const place = { url: server.url, queue: 'bench', version: 'bench' };
const client = new Redis(server.url);
const sample = sampleReport();
let made = 0;

const runs = (count: number): Submission[] =>
  Array.from({ length: count }, () => {
    const recipe = recipeSchema.parse({ ...sample.recipe, seed: made });
    const id = `run-${made++}`;
    return {
      id,
      folder: join(folder, 'runs', id),
      run: { recipe, baseFolder: folder, device: 'cpu', threads: 1 },
    };
  });

const worker = (n: number, ms: number, begun?: () => void) =>
  RedisWorker.start({
    ...place,
    cache: join(folder, `cache${n}`),
    data: [],
    jobs: 1,
    lockMs: 30_000,
    startEngine: () => timedHost(ms, WEIGHTS, begun),
    say: () => undefined,
  });

/** Has workers do runs; the seconds from the first submission to the last run's collection. */
async function sweep(count: number, workers: number, ms: number): Promise<number> {
  const crew = await Promise.all(Array.from({ length: workers }, (_, n) => worker(n, ms)));
  const executor = await RedisExecutor.open(place);
  const done = Promise.withResolvers<void>();
  let left = count;
  executor.watch({
    message: () => undefined,
    warn: (text) => console.error(text),
    ended: (id) => void executor.collect(id).then(() => (--left === 0 ? done.resolve() : undefined)),
  });
  const start = performance.now();
  await executor.submit(runs(count));
  await done.promise;
  const seconds = (performance.now() - start) / 1000;
  await executor.close();
  await Promise.all(crew.map((one) => one.stop()));
  return seconds;
}

const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);

async function overhead(): Promise<void> {
  const count = 100;
  const before = await commands();
  const seconds = await sweep(count, 1, 0);
  const each = ((await commands()) - before) / count;
  console.log(
    `overhead a run: ${((seconds / count) * 1000).toFixed(0)} ms, ${each.toFixed(0)} commands, with 1 MiB of weights`,
  );
}

async function throughput(workers: number): Promise<void> {
  const count = 12 * workers;
  const seconds = await sweep(count, workers, 1_000);
  console.log(`${workers} workers: ${Math.round((count / seconds) * 3600)} runs of 1 s an hour`);
}

async function recovery(patience: number): Promise<void> {
  const argv = [
    join(import.meta.dirname, 'scale', 'worker.ts'),
    server.url,
    join(folder, 'doomed'),
    String(patience),
  ];
  const doomed = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const executor = await RedisExecutor.open(place);
  const [run] = runs(1);
  if (run === undefined) return;
  await executor.submit([run]);
  await once(doomed.stdout, 'data');
  const taken = Promise.withResolvers<void>();
  const heir = await RedisWorker.start({
    ...place,
    cache: join(folder, 'heir'),
    data: [],
    jobs: 1,
    lockMs: patience,
    startEngine: () => timedHost(0, 0, taken.resolve),
    say: () => undefined,
  });
  const ended = new Promise<void>((resolve) =>
    executor.watch({ message: () => undefined, warn: () => undefined, ended: () => resolve() }),
  );
  doomed.kill('SIGKILL');
  const start = performance.now();
  await taken.promise;
  console.log(
    `a killed worker's run, patience ${patience / 1000} s: begun again after ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  await ended;
  await executor.collect(run.id);
  await executor.close();
  await heir.stop();
}

function table(count: number): void {
  const report = sample;
  const results = Array.from({ length: count }, (_, n) =>
    resultOf(
      { folder: `run-${n}`, series: `series ${n % 50}`, recipe: { ...report.recipe, seed: n } },
      report,
    ),
  );
  const start = performance.now();
  const summary = summarize('Bench', results);
  const bytes = JSON.stringify(summary).length + toCsv(results).length + renderSweep(summary).length;
  console.log(
    `table of ${count} runs: ${(performance.now() - start).toFixed(0)} ms, ${(bytes / 1e6).toFixed(1)} MB`,
  );
}

try {
  console.log(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
  await overhead();
  for (const workers of [1, 2, 4]) await throughput(workers);
  for (const patience of [5_000, 5_000, 5_000, 30_000]) await recovery(patience);
  for (const count of [1_000, 10_000]) table(count);
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
} finally {
  client.disconnect();
  await server.kill();
  await rm(folder, { recursive: true, force: true });
}
