import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Download, Locator } from 'playwright-core';
import { expect } from 'vitest';

export interface Downloaded {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** What the browser saves, `files` of them, when a button is pressed. */
export async function saved(button: Locator, files = 1): Promise<Downloaded[]> {
  const page = button.page();
  const taken: Promise<Downloaded>[] = [];
  const take = (download: Download) => void taken.push(read(download));
  page.on('download', take);
  await button.click();
  await expect.poll(() => taken.length, { timeout: 120_000 }).toBe(files);
  page.off('download', take);
  return Promise.all(taken);
}

async function read(download: Download): Promise<Downloaded> {
  const bytes = await readFile(await download.path());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: download.suggestedFilename(), bytes, sha256 };
}
