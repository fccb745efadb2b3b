import { Worker } from 'node:worker_threads';
import type { EspalierError } from '../../../contract/errors.ts';
import { inputError } from '../../../contract/errors.ts';
import type { TensorData } from '../../network/graph.ts';
import type { Hdf5Answer, Hdf5Content, Hdf5Request } from './hdf5-content.ts';

/** First bytes of an HDF5 file. */
export const HDF5_MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** The reading may take this long, and a second more for so many bytes. */
const MILLISECONDS = 1500;
const BYTES_PER_SECOND = 20 * 2 ** 20;

/** The content of an HDF5 file. */
export class Hdf5 {
  private readonly content: Hdf5Content;

  private constructor(content: Hdf5Content) {
    this.content = content;
  }

  /**
   * Reads a file in a thread of its own, which is ended when a damaged file keeps it too long.
   * @param shown what the user calls the file, for messages
   */
  static async open(bytes: Uint8Array, shown: string): Promise<Hdf5> {
    const answer = await reading(bytes, shown);
    if (answer.kind === 'content') return new Hdf5(answer.content);
    throw damaged(
      shown,
      answer.kind === 'damaged' ? answer.place : '/',
      answer.kind === 'damaged' ? answer.why : '',
    );
  }

  /** Names in a group; none where there is no such group. */
  keys(path: string): readonly string[] {
    return this.content.groups.get(path) ?? [];
  }

  /** A text attribute of a group. */
  text(path: string, name: string): string | undefined {
    const value = this.content.texts.get(`${path}@${name}`);
    return typeof value === 'string' ? value : undefined;
  }

  /** An attribute that lists texts; long lists are cut into name0, name1, ... */
  texts(path: string, name: string): string[] {
    const list = (key: string) => {
      const value = this.content.texts.get(`${path}@${key}`);
      return typeof value === 'string' ? [value] : value;
    };
    const whole = list(name);
    if (whole !== undefined) return [...whole];
    const all: string[] = [];
    for (let i = 0; ; i++) {
      const part = list(`${name}${i}`);
      if (part === undefined) return all;
      all.push(...part);
    }
  }

  /** A dataset of numbers; undefined where there is none. */
  tensor(path: string): TensorData | undefined {
    return this.content.tensors.get(path);
  }
}

function damaged(file: string, place: string, why: string): EspalierError {
  return inputError('keras/damaged', `The HDF5 file is damaged${why === '' ? '' : `: ${why}`}.`, {
    file,
    field: place,
    remedy: 'Copy or save the file again.',
  });
}

let thread: Promise<Worker> | undefined;
/** One file at a time: the next waits for this. */
let turn: Promise<unknown> = Promise.resolve();

function reading(bytes: Uint8Array, shown: string): Promise<Hdf5Answer> {
  const next = turn.then(() => ask(bytes, shown));
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

async function ask(bytes: Uint8Array, shown: string): Promise<Hdf5Answer> {
  thread ??= start();
  const worker = await thread;
  const limit = MILLISECONDS + (bytes.length / BYTES_PER_SECOND) * 1000;
  return new Promise((resolve, reject) => {
    const answered = (answer: Hdf5Answer): void => {
      end();
      resolve(answer);
    };
    const failed = (error: unknown): void => abandon(error instanceof Error ? error.message : String(error));
    const ended = (): void => abandon('reading it failed');
    const end = (): void => {
      clearTimeout(timer);
      worker.off('message', answered).off('error', failed).off('exit', ended);
    };
    // Whatever state the library is in, nothing of it is used again.
    const abandon = (why: string): void => {
      end();
      thread = undefined;
      void worker.terminate();
      reject(damaged(shown, '/', why));
    };
    const timer = setTimeout(() => abandon('reading it does not come to an end'), limit);
    worker.on('message', answered).on('error', failed).on('exit', ended);
    // A copy of its own: the bytes may be a part of a larger buffer.
    const request: Hdf5Request = { bytes: new Uint8Array(bytes) };
    worker.postMessage(request, [request.bytes.buffer as ArrayBuffer]);
  });
}
