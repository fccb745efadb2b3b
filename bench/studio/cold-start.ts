import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';

/** Milliseconds from starting `espalier serve` on an empty data folder until its first screen can be used. */
export async function coldStart(browser: Browser, root: string, home: string): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, [join(root, 'resources/bin/espalier.mjs'), 'serve'], {
    env: { ...process.env, ESPALIER_HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (/http:\S+/.test(said)) break;
    }
    const link = /http:\S+/.exec(said)?.[0];
    if (link === undefined) throw new Error(`espalier serve printed no link: ${said}`);
    const page = await browser.newPage();
    await page.goto(link);
    await page.getByRole('link', { name: 'New run' }).first().click({ trial: true });
    const time = performance.now() - begin;
    await page.close();
    return time;
  } finally {
    child.kill('SIGINT');
    if (child.exitCode === null) await once(child, 'exit');
  }
}
