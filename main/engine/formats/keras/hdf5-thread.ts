import { Worker } from 'node:worker_threads';
import type { Hdf5Answer, Hdf5Request } from './hdf5-content.ts';

/** A file may take this much of a processor's time, and a second more for so many bytes: a busy machine shall not stop it. */
const MILLISECONDS = 1500;
const BYTES_PER_SECOND = 20 * 2 ** 20;
/** The clock may show this many times as much; where nothing tells a thread's own time, only for writing, which is no danger. */
const PATIENCE = 20;
/** The least time until the next look, in milliseconds. */
const PAUSE = 100;

let thread: Promise<Worker> | undefined;
/** One file at a time: the next waits for this. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Has the thread read or write a file. When it takes too long, it is ended, and the next file gets a new one.
 * @param size how many bytes there are to go through
 * @throws Error saying why there is no answer
 */
export function askThread(
  request: Hdf5Request,
  transfer: readonly ArrayBuffer[],
  size: number,
): Promise<Hdf5Answer> {
  const next = turn.then(() => ask(request, transfer, size));
  turn = next.catch(() => undefined);
  return next;
}

/** Starts the thread; it does not keep the process alive. */
function start(): Promise<Worker> {
  const built = !import.meta.url.endsWith('.ts');
  const worker = new Worker(new URL(built ? './hdf5.js' : './hdf5-worker.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      worker.off('error', reject);
      worker.unref();
      resolve(worker);
    });
    worker.once('error', reject);
  });
}

async function ask(
  request: Hdf5Request,
  transfer: readonly ArrayBuffer[],
  size: number,
): Promise<Hdf5Answer> {
  thread ??= start();
  const worker = await thread;
  // The process lives for as long as somebody waits for an answer.
  worker.ref();
  const before = await processorTime(worker);
  const patience = request.kind === 'write' && before === undefined ? PATIENCE : 1;
  const limit = patience * (MILLISECONDS + (size / BYTES_PER_SECOND) * 1000);
  return new Promise((resolve, reject) => {
    const answered = (answer: Hdf5Answer): void => {
      end();
      resolve(answer);
    };
    const failed = (error: unknown): void => abandon(error instanceof Error ? error.message : String(error));
    const ended = (): void => abandon('the library failed');
    let over = false;
    const end = (): void => {
      over = true;
      worker.unref();
      clearTimeout(timer);
      worker.off('message', answered).off('error', failed).off('exit', ended);
    };
    // Whatever state the library is in, nothing of it is used again.
    const abandon = (why: string): void => {
      end();
      thread = undefined;
      void worker.terminate();
      reject(new Error(why));
    };
    const latest = performance.now() + PATIENCE * limit;
    const look = async (): Promise<void> => {
      const spent = before === undefined ? limit : ((await processorTime(worker)) ?? limit) - before;
      if (over) return;
      if (spent >= limit || performance.now() > latest) abandon('it does not come to an end');
      else timer = setTimeout(() => void look(), Math.max(PAUSE, limit - spent));
    };
    let timer = setTimeout(() => void look(), limit);
    worker.on('message', answered).on('error', failed).on('exit', ended);
    worker.postMessage(request, [...transfer]);
  });
}

/** What a thread has had of processors, in milliseconds; undefined where the runtime does not tell, or the thread has ended. */
async function processorTime(worker: Worker): Promise<number | undefined> {
  if (!('cpuUsage' in worker)) return undefined;
  const usage = await worker.cpuUsage().catch(() => undefined);
  return usage === undefined ? undefined : (usage.user + usage.system) / 1000;
}
