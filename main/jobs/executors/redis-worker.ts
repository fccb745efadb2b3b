import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { EspalierError, runError, toProblem } from '../../contract/errors.ts';
import type { EngineMessage } from '../../contract/messages.ts';
import { CHECKPOINT_FILE } from '../../files/checkpoint-file.ts';
import { driveEngine, type EngineRun } from '../engine-run.ts';
import type { StartEngine } from '../host.ts';
import { RUN_FILE, REPORT_FILE } from '../run-folder.ts';
import { entryOf, filesIn } from './inputs.ts';
import { cancelledError, failureText, readJob, runIdSchema } from './job.ts';
import { cancelChannel, connectRedis, PREFIX, type RedisPlace } from './redis-connection.ts';
import { RedisFiles } from './redis-files.ts';
import { workerName } from './redis-workers.ts';
import { isFinished, orderFromServer, orderOnStorage, type WorkerRoots } from './worker-place.ts';

export interface RedisWorkerOptions extends RedisPlace, WorkerRoots {
  readonly version: string;
  readonly startEngine: StartEngine;
  /** Runs at a time. */
  readonly jobs: number;
  /** That every run computes with; as its submitter says where it is left out. */
  readonly threads?: number;
  /** A worker that says nothing for so long is taken for dead, and its runs go to others, in milliseconds. */
  readonly lockMs: number;
  readonly say: (text: string) => void;
}

/** What engines say is passed on so often, in milliseconds. */
const TELL_MS = 1_000;
/** A run whose workers die so often is at fault itself. */
const MAX_DEATHS = 10;

/** Takes runs from a queue on a Redis server, one after another or some at a time, until it is stopped. */
export class RedisWorker {
  private readonly options: RedisWorkerOptions;
  private readonly client: Redis;
  private readonly active = new Map<string, EngineRun>();
  private readonly cancelled = new Set<string>();
  private readonly lost = new Set<string>();
  private worker: Worker | undefined;
  private ear: Redis | undefined;
  private stopping = false;

  private constructor(options: RedisWorkerOptions, client: Redis) {
    this.options = options;
    this.client = client;
  }

  /** @throws EspalierError 'executor/no-server' */
  static async start(options: RedisWorkerOptions): Promise<RedisWorker> {
    const one = new RedisWorker(options, await connectRedis(options.url));
    await one.begin();
    return one;
  }

  private async begin(): Promise<void> {
    const { queue, jobs, lockMs, cache, say, version } = this.options;
    await mkdir(join(cache, 'data'), { recursive: true });
    await mkdir(join(cache, 'runs'), { recursive: true });
    this.ear = this.client.duplicate();
    this.ear.on('error', () => undefined);
    this.ear.on('message', (_channel, text: string) => this.hearCancel(text));
    await this.ear.subscribe(cancelChannel(queue));
    const { Worker } = await import('bullmq');
    const name = workerName(version);
    this.worker = new Worker(queue, (job, token) => this.process(job, token ?? ''), {
      name,
      connection: this.client,
      prefix: PREFIX,
      concurrency: jobs,
      lockDuration: lockMs,
      stalledInterval: Math.ceil(lockMs / 2),
      maxStalledCount: MAX_DEATHS,
    });
    this.worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => this.lose(id)));
    this.worker.on('completed', ({ id = '' }, { seconds }: { seconds: number }) =>
      say(`${id}: finished in ${seconds.toFixed(1)} s`),
    );
    let away = '';
    this.worker.on('error', ({ message }) => {
      // One that is away is told of once, not at every try.
      if (message !== away) say(`The server: ${message}`);
      away = message;
    });
    await this.worker.waitUntilReady();
    // The connection that keeps the locks is named as the one that waits for runs, so that its word counts as the worker's.
    const title = `${PREFIX}:${Buffer.from(queue).toString('base64')}:w:${name}`;
    const introduce = () => this.client.client('SETNAME', title).catch(() => undefined);
    this.client.on('ready', () => void introduce());
    await introduce();
  }

  /** Gives back what is at work, each run with a checkpoint, and leaves. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const run of this.active.values()) run.cancel();
    await this.worker?.close();
    this.ear?.disconnect();
    this.client.disconnect();
  }

  /** Ends all at once: others notice that the locks run out. */
  kill(): void {
    for (const run of this.active.values()) run.kill();
  }

  private hearCancel(text: string): void {
    const ids: unknown = JSON.parse(text);
    if (!Array.isArray(ids)) return;
    for (const id of ids.map(String)) {
      const run = this.active.get(id);
      if (run === undefined) continue;
      if (this.cancelled.has(id)) run.kill();
      else run.cancel();
      this.cancelled.add(id);
    }
  }

  /** Somebody else has the run now. */
  private lose(id: string): void {
    this.lost.add(id);
    this.active.get(id)?.kill();
  }

  private async process(job: Job<unknown>, token: string): Promise<{ seconds: number }> {
    const { UnrecoverableError, WaitingError } = await import('bullmq');
    const { say } = this.options;
    const id = job.id ?? '';
    const start = performance.now();
    try {
      await this.work(job, token);
      return { seconds: (performance.now() - start) / 1000 };
    } catch (error) {
      if (this.stopping && !this.cancelled.has(id) && !this.lost.has(id)) {
        say(`${id}: given back`);
        await job.moveToWait(token);
        throw new WaitingError();
      }
      const problem = toProblem(full(error));
      say(`${id}: ${problem.message}`);
      // An engine that died may have had bad luck; whatever else went wrong would again.
      if (problem.code === 'run/crashed') throw new Error(failureText(error), { cause: error });
      throw new UnrecoverableError(failureText(full(error)));
    } finally {
      this.active.delete(id);
      this.cancelled.delete(id);
      this.lost.delete(id);
    }
  }

  private async work(job: Job<unknown>, token: string): Promise<void> {
    const { version, queue, cache, threads } = this.options;
    const id = runIdSchema.parse(job.id);
    const payload = { ...readJob(job.data, version), ...(threads !== undefined && { threads }) };
    if (payload.place.kind === 'storage') {
      const order = await orderOnStorage(payload, payload.place, this.options);
      if (await isFinished(order.folder)) return;
      await this.drive(id, order, this.teller(job), undefined);
      return;
    }
    const own = new RedisFiles(this.client, queue, id);
    if ((await own.list()).some(({ name }) => name === REPORT_FILE)) return;
    const data = new RedisFiles(this.client, queue, 'data');
    const folder = join(cache, 'runs', `${id}-${process.pid}`);
    const aside = `${folder}.sent`;
    try {
      await mkdir(aside, { recursive: true });
      const order = await orderFromServer(payload, payload.place, { folder, cache, own, data });
      // Only who has the run may say where it stands.
      const enter = async (from: string, name: string) => {
        const entry = await entryOf(from, name);
        await job.extendLock(token, this.options.lockMs);
        await own.enter(from, entry);
      };
      const sent = new Map<string, string>();
      const sendFiles = async () => {
        for (const name of await filesIn(folder)) {
          if (name === RUN_FILE || name === REPORT_FILE || name === CHECKPOINT_FILE) continue;
          const { mtimeMs, size } = await stat(join(folder, name));
          const mark = `${mtimeMs} ${size}`;
          if (sent.get(name) === mark) continue;
          await enter(folder, name);
          sent.set(name, mark);
        }
      };
      const send = async () => {
        // The engine may write the next one meanwhile.
        await copyFile(join(folder, CHECKPOINT_FILE), join(aside, CHECKPOINT_FILE));
        await sendFiles();
        await enter(aside, CHECKPOINT_FILE);
      };
      const sender = latest(send);
      try {
        await this.drive(id, order, this.teller(job), sender.again);
      } finally {
        await sender.idle();
      }
      await sendFiles();
      // The report is the last: with it, the run is whole.
      await enter(folder, REPORT_FILE);
    } finally {
      for (const path of [folder, aside]) await rm(path, { recursive: true, force: true });
    }
  }

  /** Has an engine do it. @throws EspalierError 'run/cancelled' when it was ended */
  private async drive(
    id: string,
    order: Parameters<typeof driveEngine>[1],
    tell: (message: EngineMessage) => void,
    checkpoint: (() => void) | undefined,
  ): Promise<void> {
    if (this.stopping || this.lost.has(id)) throw cancelledError();
    const run = driveEngine(this.options.startEngine(`run ${id}`), order, (message) => {
      tell(message);
      if (message.type === 'checkpoint') checkpoint?.();
    });
    this.active.set(id, run);
    const { state } = await run.outcome;
    if (state === 'cancelled') throw cancelledError();
  }

  /** Passes on what the engine says, gathered. */
  private teller(job: Job<unknown>): (message: EngineMessage) => void {
    let gathered: EngineMessage[] = [];
    let timer: NodeJS.Timeout | undefined;
    return (message) => {
      // The report travels as a file; a new progress takes the old one's place.
      if (message.type === 'report' || message.type === 'heartbeat' || message.type === 'probe') return;
      if (message.type === 'progress') gathered = gathered.filter(({ type }) => type !== 'progress');
      gathered.push(message);
      timer ??= setTimeout(() => {
        timer = undefined;
        const messages = gathered;
        gathered = [];
        // It is for people who watch: the run does not depend on it.
        job.updateProgress({ messages }).catch(() => undefined);
      }, TELL_MS);
    };
  }
}

/** A server without memory says so in its own words. */
function full(error: unknown): unknown {
  if (error instanceof EspalierError || !(error instanceof Error) || !error.message.startsWith('OOM'))
    return error;
  return runError(
    'executor/server-full',
    "The Redis server's memory is full: the run's files have no room.",
    {
      remedy: 'Give it more memory, or use storage that all workers see (--storage).',
    },
  );
}

/** Does something one at a time; of what is asked meanwhile, only once more. A failure ends it, and `idle` throws it. */
function latest(work: () => Promise<void>) {
  let running: Promise<void> | undefined;
  let wanted = false;
  let failure: { error: unknown } | undefined;
  const loop = async () => {
    while (wanted && failure === undefined) {
      wanted = false;
      await work().catch((error: unknown) => {
        failure = { error };
      });
    }
    running = undefined;
  };
  return {
    again: () => {
      wanted = true;
      running ??= loop();
    },
    async idle() {
      await running;
      if (failure !== undefined) throw failure.error;
    },
  };
}
