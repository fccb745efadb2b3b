import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { launchApp, obstacle } from './support/electron.ts';

const title = obstacle === null ? 'the desktop app' : `the desktop app (skipped: ${obstacle})`;

describe.skipIf(obstacle !== null)(title, () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const complaints: string[] = [];
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    app = await launchApp(dataFolder);
    page = await app.firstWindow();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.waitForSelector('main');
  });
  afterAll(() => app?.close());

  /** Calls the studio from the page, as the bridge does. */
  const call = (name: string, args: unknown) =>
    page.evaluate(([n, a]) => (globalThis as unknown as Bridged).espalier.call(n as string, a), [name, args]);

  test('shows the studio from its own scheme, and keeps its data in the data folder', async () => {
    expect(page.url()).toMatch(/^espalier:\/\/studio\//);
    expect(await call('app.info', null)).toMatchObject({
      ok: true,
      result: { shell: 'electron', dataFolder },
    });
    expect(existsSync(join(dataFolder, 'espalier.db'))).toBe(true);
  });

  test('the page has two functions of the program, and nothing of Node', async () => {
    const seen = await page.evaluate(() => ({
      bridge: Object.keys((globalThis as unknown as Bridged).espalier).sort(),
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
    }));
    expect(seen).toEqual({ bridge: ['call', 'subscribe'], node: [] });
  });

  test('nothing is evaluated, nothing is fetched from elsewhere, nothing navigates away', async () => {
    const evaluated = await page.evaluate(
      `(() => { try { return eval('1') } catch { return 'refused' } })()`,
    );
    expect(evaluated).toBe('refused');
    const fetched = await page.evaluate(() =>
      fetch('https://example.com/').then(
        () => 'fetched',
        () => 'refused',
      ),
    );
    expect(fetched).toBe('refused');
    await page.evaluate(() => {
      (globalThis as unknown as { location: { href: string } }).location.href = 'https://example.com/';
    });
    await page.waitForTimeout(300);
    expect(page.url()).toMatch(/^espalier:\/\/studio\//);
    expect(app.windows()).toHaveLength(1);
    // These three are what the policy should complain about; whatever came before is a fault of the page.
    complaints.length = 0;
  });

  test('a run goes through a utility process to its end', async () => {
    const created = (await call('projects.create', { name: 'p' })) as { result: { id: number } };
    const recipe = {
      network: 'lenet-300-100',
      data: { kind: 'digits', train: 640, validation: 100, test: 100 },
      dense: { epochs: 1 },
      paradigm: 'magnitude-gradual',
      budget: { sparsity: 0.5 },
      prune: { epochs: 1 },
    };
    const started = (await call('runs.start', { projectId: created.result.id, recipe })) as {
      result: { id: number };
    };
    const { id } = started.result;
    await expect
      .poll(async () => ((await call('runs.get', { id })) as { result: { state: string } }).result.state, {
        timeout: 90_000,
      })
      .toBe('finished');
    expect(complaints).toEqual([]);
  });
});

interface Bridged {
  espalier: { call(name: string, args: unknown): Promise<unknown> };
}
