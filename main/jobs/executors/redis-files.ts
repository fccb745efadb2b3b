import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { runError } from '../../contract/errors.ts';
import { writeStreamAtomic } from '../../files/atomic.ts';
import { sha256 } from '../../files/hash.ts';
import type { FileEntry } from './job.ts';
import { fileEntrySchema } from './job.ts';
import { PREFIX } from './redis-connection.ts';

/** Bytes of a file that travel at a time. */
const CHUNK = 4 * 1024 * 1024;
/** What nobody asked for in so long goes, in seconds. */
const KEPT = 30 * 24 * 3600;
/** The field of a file that says that all of its chunks are there. */
const WHOLE = 'chunks';

/**
 * The files of one owner on a Redis server: a run's, or the data sets of all runs. Files are known by their hashes. Each step is one
 * command, which is sent again where the server went away meanwhile: a transaction would be given up.
 */
export class RedisFiles {
  private readonly client: Redis;
  private readonly scope: string;

  /** @param owner 'data', or a run's id */
  constructor(client: Redis, queue: string, owner: string) {
    this.client = client;
    this.scope = `${PREFIX}-files:${queue}:${owner}`;
  }

  private key(hash: string): string {
    return `${this.scope}:${hash}`;
  }

  /** Stores a file of a folder; one that is there already is kept for longer. */
  async put(root: string, { name, sha256: hash }: FileEntry): Promise<void> {
    if (await this.kept(hash)) return;
    const key = this.key(hash);
    let n = 0;
    for await (const chunk of createReadStream(join(root, name), {
      highWaterMark: CHUNK,
    }) as AsyncIterable<Buffer>)
      await this.client.hset(key, String(n++), chunk);
    await this.client.hset(key, WHOLE, n);
    await this.client.expire(key, KEPT);
  }

  /** Stores a text by its hash. */
  async putText(text: string): Promise<void> {
    const hash = sha256(text);
    if (await this.kept(hash)) return;
    const key = this.key(hash);
    await this.client.hset(key, '0', text);
    await this.client.hset(key, WHOLE, 1);
    await this.client.expire(key, KEPT);
  }

  private async kept(hash: string): Promise<boolean> {
    if ((await this.client.hexists(this.key(hash), WHOLE)) === 0) return false;
    await this.client.expire(this.key(hash), KEPT);
    return true;
  }

  /** @throws EspalierError 'executor/missing-data' */
  async text(hash: string, what: string): Promise<string> {
    const parts: Buffer[] = [];
    for await (const chunk of this.chunks(hash, what)) parts.push(chunk);
    const text = Buffer.concat(parts).toString('utf8');
    if (sha256(text) !== hash) throw damaged(what);
    return text;
  }

  /**
   * Writes a stored file into a folder, whole or not at all.
   * @throws EspalierError 'executor/missing-data', 'files/disk-full' ...
   */
  async fetch({ name, sha256: hash, bytes }: FileEntry, folder: string, what: string): Promise<void> {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    // A file without a byte has no chunk.
    if (bytes === 0) return void (await (await open(path, 'w')).close());
    const written = await writeStreamAtomic(path, this.chunks(hash, what));
    if (written.sha256 !== hash || written.bytes !== bytes) throw damaged(what);
  }

  private async *chunks(hash: string, what: string): AsyncGenerator<Buffer> {
    const key = this.key(hash);
    const count = await this.client.hget(key, WHOLE);
    if (count === null) {
      throw runError('executor/missing-data', `The server does not have ${what} any more.`, {
        remedy: 'Submit the run again.',
      });
    }
    for (let n = 0; n < Number(count); n++) {
      const chunk = await this.client.hgetBuffer(key, String(n));
      if (chunk === null) throw damaged(what);
      yield chunk;
    }
  }

  /** The owner's list of files by name. */
  async list(): Promise<FileEntry[]> {
    const entries = await this.client.hvals(`${this.scope}:list`);
    return entries.map((text) => fileEntrySchema.parse(JSON.parse(text)));
  }

  /** Puts a file into the owner's list, in the place of the one of that name, which goes. */
  async enter(root: string, entry: FileEntry): Promise<void> {
    const list = `${this.scope}:list`;
    const old = await this.client.hget(list, entry.name);
    await this.put(root, entry);
    await this.client.hset(list, entry.name, JSON.stringify(entry));
    await this.client.expire(list, KEPT);
    if (old === null) return;
    const { sha256: before } = fileEntrySchema.parse(JSON.parse(old));
    if (before !== entry.sha256 && !(await this.list()).some((one) => one.sha256 === before))
      await this.client.unlink(this.key(before));
  }

  /** Removes the list and all that is on it. */
  async remove(): Promise<void> {
    const files = await this.list();
    await this.client.unlink(`${this.scope}:list`, ...files.map((file) => this.key(file.sha256)));
  }
}

const damaged = (what: string) =>
  runError('executor/damaged-data', `What the server has of ${what} is damaged.`, {
    remedy: 'Submit the run again.',
  });
