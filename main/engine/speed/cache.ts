import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { writeFileAtomic } from '../../files/atomic.ts';

/** Where what was measured is kept. */
export type Kept = Pick<SpeedCache, 'read' | 'write'>;

/** Keeps nothing. */
export const forgetting: Kept = {
  read: () => Promise.resolve(undefined),
  write: () => Promise.resolve(),
};

/** What was measured on this machine, kept as one JSON file for each key. */
export class SpeedCache {
  private readonly folder: string;

  /** @param folder made when something is kept for the first time */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** What was kept under a key; undefined where there is nothing, or nothing that can be read: it is then measured again. */
  async read<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await readFile(this.fileOf(key), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return schema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  /** @throws EspalierError naming the file where it cannot be written */
  async write(key: string, value: unknown): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.fileOf(key), `${JSON.stringify(value)}\n`);
  }

  private fileOf(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}
