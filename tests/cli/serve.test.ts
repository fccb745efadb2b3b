import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../main/cli/program.ts';
import { contextOf } from './harness.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-serve-'));
  await mkdir(join(folder, 'out', 'renderer'), { recursive: true });
  await writeFile(join(folder, 'out', 'renderer', 'index.html'), '<!doctype html><title>studio</title>');
});
afterEach(() => rm(folder, { recursive: true }));

/** Starts `serve`, gives its address to `visit`, then presses Ctrl-C. */
async function served(argv: string[], visit: (address: { port: number; link: string }) => Promise<void>) {
  let press = () => undefined as void;
  let stderr = '';
  const address = Promise.withResolvers<{ port: number; link: string }>();
  const context = {
    ...contextOf(
      (text) => address.resolve(JSON.parse(text) as { port: number; link: string }),
      (text) => (stderr += text),
    ),
    root: folder,
    cwd: folder,
    onInterrupt(listener: () => void) {
      press = listener;
      return () => undefined;
    },
  };
  const ended = runCli(['serve', '--json', '--home', join(folder, 'home'), ...argv], context);
  const early = ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${stderr}`)));
  await visit(await Promise.race([address.promise, early]));
  early.catch(() => undefined);
  press();
  return ended;
}

describe('serve', () => {
  it('serves the studio behind a link that works once, and ends with status 0', async () => {
    const code = await served([], async ({ port, link }) => {
      const first = await fetch(link, { redirect: 'manual' });
      expect(first.status).toBe(303);
      const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
      const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
      expect(await page.text()).toContain('<title>studio</title>');
      expect((await fetch(link, { redirect: 'manual' })).status).toBe(403);
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401);
    });
    expect(code).toBe(0);
    expect(existsSync(join(folder, 'home', 'espalier.db'))).toBe(true);
  });

  it('says which folder is in use by another studio', async () => {
    await served([], async () => {
      let stderr = '';
      const second = {
        ...contextOf(
          () => undefined,
          (text) => (stderr += text),
        ),
        root: folder,
        cwd: folder,
      };
      expect(await runCli(['serve', '--home', join(folder, 'home')], second)).toBeGreaterThan(0);
      expect(stderr).toContain(join(folder, 'home'));
    });
  });

  it('says so where the screens have not been built', async () => {
    await rm(join(folder, 'out'), { recursive: true });
    await expect(served([], async () => undefined)).rejects.toThrow(/ended with 1: .*npm run build/s);
  });
});
