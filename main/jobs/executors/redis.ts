import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Job, Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { inputError, toProblem } from '../../contract/errors.ts';
import type { ExecutorStatus } from '../../contract/executors.ts';
import { engineMessageSchema } from '../../contract/messages.ts';
import { CHECKPOINT_FILE } from '../../files/checkpoint-file.ts';
import { isInside } from '../../files/confine.ts';
import { createRunFolder } from '../run-folder.ts';
import type { Executor, Submission, Watcher } from './executor.ts';
import { entryOf, inputsOf, type Input } from './inputs.ts';
import { CANCELLED, failureOf, runJob, type RunJob } from './job.ts';
import { cancelChannel, connectRedis, placeWords, PREFIX, type RedisPlace } from './redis-connection.ts';
import { RedisFiles } from './redis-files.ts';
import { workersOf } from './redis-workers.ts';

export interface RedisOptions extends RedisPlace {
  /** The program's version; workers of another refuse its runs. */
  readonly version: string;
  /** A folder that workers see as theirs: runs stay in it. What runs need and leave travels through the server where there is none. */
  readonly storage?: string;
}

/** Runs are added so many at a time. */
const BATCH = 200;
/** How often the server is asked what events may have been missed, in milliseconds. */
const LOOK_MS = 3_000;
/** A run whose engine died on a living worker is begun again so often; of dead workers the workers' own limit counts. */
const ATTEMPTS = 3;

const messagesSchema = z.object({ messages: z.array(engineMessageSchema) });

/** Runs by the workers of a queue on a Redis server. Order, locks, retries and dead workers are BullMQ's matter. */
export class RedisExecutor implements Executor {
  private readonly options: RedisOptions;
  private readonly client: Redis;
  private readonly queue: Queue;
  private readonly events: QueueEvents;
  private readonly data: RedisFiles;
  private readonly outstanding = new Map<string, Submission>();
  private readonly ended = new Map<string, Submission>();
  /** What recipes name, by folder and recipe's paths: packed once. */
  private readonly packed = new Map<string, Promise<RunJob['place']>>();
  private readonly timer: NodeJS.Timeout;
  private watcher: Watcher | undefined;
  private stopped = false;

  private constructor(options: RedisOptions, client: Redis, queue: Queue, events: QueueEvents) {
    this.options = options;
    this.client = client;
    this.queue = queue;
    this.events = events;
    this.data = new RedisFiles(client, options.queue, 'data');
    // What cannot be asked now is looked up later.
    const settle = ({ jobId }: { jobId: string }) => void this.settle(jobId).catch(() => undefined);
    events.on('completed', settle);
    events.on('failed', settle);
    events.on('progress', ({ jobId, data }) => this.hear(jobId, data));
    // The connection comes back by itself; what was missed meanwhile is looked up.
    queue.on('error', () => undefined);
    events.on('error', () => undefined);
    this.timer = setInterval(() => void this.look(), LOOK_MS);
    this.timer.unref();
  }

  /** @throws EspalierError 'executor/no-server' */
  static async open(options: RedisOptions): Promise<RedisExecutor> {
    const client = await connectRedis(options.url);
    const { Queue, QueueEvents } = await import('bullmq');
    const queue = new Queue(options.queue, { connection: client, prefix: PREFIX });
    const events = new QueueEvents(options.queue, { connection: client.duplicate(), prefix: PREFIX });
    await events.waitUntilReady();
    return new RedisExecutor(options, client, queue, events);
  }

  async submit(runs: readonly Submission[]): Promise<void> {
    for (let from = 0; from < runs.length; from += BATCH) {
      const batch = runs.slice(from, from + BATCH);
      if (this.stopped) {
        for (const { id } of batch) this.watcher?.ended(id, { state: 'cancelled', retries: 0 });
        continue;
      }
      const jobs = await Promise.all(batch.map((run) => this.jobOf(run)));
      await this.queue.addBulk(
        batch.map(({ id }, i) => ({
          name: 'run',
          data: jobs[i],
          opts: { jobId: id, attempts: ATTEMPTS, backoff: { type: 'fixed', delay: 1_000 } },
        })),
      );
      for (const run of batch) this.outstanding.set(run.id, run);
    }
    await this.look();
  }

  async follow(runs: readonly Submission[]): Promise<void> {
    for (const run of runs) this.outstanding.set(run.id, run);
    await this.look();
  }

  watch(watcher: Watcher): void {
    this.watcher = watcher;
  }

  async cancel(named?: readonly string[]): Promise<void> {
    // What is still on its way is not handed over any more.
    if (named === undefined) this.stopped = true;
    const ids = named ?? [...this.outstanding.keys()];
    const active: string[] = [];
    for (const id of ids) {
      const run = this.outstanding.get(id);
      if (run === undefined) continue;
      // One that a worker has cannot be removed: the worker is told.
      const removed = (await this.queue.remove(id)) === 1;
      if (!removed) active.push(id);
      else if (this.outstanding.delete(id)) {
        this.ended.set(id, run);
        this.watcher?.ended(id, { state: 'cancelled', retries: 0 });
      }
    }
    if (active.length > 0)
      await this.client.publish(cancelChannel(this.options.queue), JSON.stringify(active));
  }

  async collect(id: string): Promise<void> {
    const run = this.ended.get(id);
    // One that was never handed over has left nothing.
    if (run === undefined) return;
    if (this.options.storage === undefined) {
      const files = this.filesOf(id);
      for (const file of await files.list()) await files.fetch(file, run.folder, `the run ${id}`);
      await files.remove();
    }
    await this.queue.remove(id);
    this.ended.delete(id);
  }

  async status(): Promise<ExecutorStatus> {
    const [counts, workers] = await Promise.all([
      this.queue.getJobCounts('waiting', 'delayed', 'prioritized', 'active'),
      this.queue.getWorkers(),
    ]);
    const { waiting = 0, delayed = 0, prioritized = 0, active = 0 } = counts;
    const known = workersOf(workers);
    return {
      kind: 'redis',
      place: placeWords(this.options),
      workers: known.length,
      known,
      waiting: waiting + delayed + prioritized,
      active,
    };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled([this.events.close(), this.queue.close()]);
    this.client.disconnect();
  }

  private filesOf(id: string): RedisFiles {
    return new RedisFiles(this.client, this.options.queue, id);
  }

  /** Makes the run's folder here and its payload, and clears away what failed under its name before. */
  private async jobOf(submission: Submission): Promise<RunJob> {
    const { id, folder, run } = submission;
    const { version, storage } = this.options;
    const { recipe, baseFolder, device, threads = 1 } = run;
    const old = await this.queue.getJob(id);
    if (old?.failedReason !== undefined && (await old.isFailed())) await old.remove();
    const begun = existsSync(join(folder, CHECKPOINT_FILE));
    if (!begun) await createRunFolder(folder, folder, run, true);
    else if (storage === undefined && old === undefined)
      await this.filesOf(id).enter(folder, await entryOf(folder, CHECKPOINT_FILE));
    const place =
      storage === undefined ? await this.carried(recipe, baseFolder) : stored(storage, submission);
    return runJob({ program: version, recipe, device, threads, place });
  }

  /** Brings what the recipe names to the server; once for all recipes that name the same. */
  private carried(recipe: Submission['run']['recipe'], baseFolder: string): Promise<RunJob['place']> {
    const { network, weights, data } = recipe;
    const key = JSON.stringify([baseFolder, network, weights, data]);
    const known = this.packed.get(key);
    if (known !== undefined) return known;
    const pack = async (): Promise<RunJob['place']> => {
      const inputs = await inputsOf(recipe, baseFolder);
      for (const input of inputs) await this.put(input);
      return {
        kind: 'carried',
        inputs: inputs.map(({ shown, kind, main, fingerprint }) => ({
          shown,
          kind,
          ...(main !== undefined && { main }),
          list: fingerprint,
        })),
      };
    };
    const place = pack();
    this.packed.set(key, place);
    return place;
  }

  private async put({ root, files, list }: Input): Promise<void> {
    for (const file of files) await this.data.put(root, file);
    await this.data.putText(list);
  }

  private hear(id: string, data: unknown): void {
    const parsed = messagesSchema.safeParse(data);
    if (!this.outstanding.has(id) || !parsed.success) return;
    for (const message of parsed.data.messages) this.watcher?.message(id, message);
  }

  /** Tells how a run ended, once, where it has. */
  private async settle(id: string): Promise<void> {
    if (!this.outstanding.has(id)) return;
    const job = (await this.queue.getJob(id).catch(() => undefined)) as Job<unknown> | undefined;
    if (job?.finishedOn === undefined) return;
    // One that was begun again still has the reason why.
    const failed = await job.isFailed();
    const run = this.outstanding.get(id);
    if (run === undefined || !this.outstanding.delete(id)) return;
    this.ended.set(id, run);
    const retries = Math.max(0, job.attemptsStarted - 1);
    if (!failed) return this.watcher?.ended(id, { state: 'finished', retries });
    const problem = failureOf(job.failedReason);
    if (problem.code === CANCELLED.code) this.watcher?.ended(id, { state: 'cancelled', retries });
    else this.watcher?.ended(id, { state: 'failed', problem, retries });
  }

  /** What events may have missed: runs that ended while the connection was away, and runs that a server has lost. */
  private async look(): Promise<void> {
    if (this.outstanding.size === 0 || this.client.status !== 'ready') return;
    try {
      const before = [...this.outstanding];
      const over = new Set(await this.queue.getRanges(['completed', 'failed'], 0, -1));
      const there = new Set(
        await this.queue.getRanges(
          ['waiting', 'delayed', 'prioritized', 'active', 'completed', 'failed'],
          0,
          -1,
        ),
      );
      for (const [id] of before) if (over.has(id)) await this.settle(id);
      const lost = before.filter(([id]) => !there.has(id) && this.outstanding.has(id));
      // A run that is on its way from one list to the next is in its place the next time.
      const gone: Submission[] = [];
      for (const [id, run] of lost) if ((await this.queue.getJob(id)) === undefined) gone.push(run);
      if (gone.length > 0) await this.submit(gone);
    } catch (error) {
      this.watcher?.warn(`The server could not be asked: ${toProblem(error).message}`);
    }
  }
}

/** Where a run is on the storage. @throws EspalierError where it is not on it */
function stored(storage: string, { folder, run }: Submission): RunJob['place'] {
  if (!isInside(storage, folder)) {
    throw inputError('executor/not-on-storage', "The sweep's folder is not on the storage.", {
      file: folder,
      field: '--out',
      remedy: `Choose a folder below ${storage}.`,
    });
  }
  const inner = (path: string) => relative(storage, path).split(sep).join('/');
  const { baseFolder } = run;
  if (!isAbsolute(baseFolder)) throw new Error('the base folder is not absolute');
  // Workers may see the storage under another path.
  const base = isInside(storage, baseFolder) ? inner(baseFolder) || '.' : baseFolder;
  return {
    kind: 'storage',
    folder: inner(folder),
    sweep: inner(dirname(dirname(folder))),
    baseFolder: base,
  };
}
