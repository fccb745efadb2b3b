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

  /** The .h5 file that a run has left. */
  let model = '';
  const stateOf = async (id: number) =>
    ((await call('runs.get', { id })) as { result: { state: string } }).result.state;

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

  test('the page has three functions of the program, and nothing of Node', async () => {
    const seen = await page.evaluate(() => ({
      bridge: Object.keys((globalThis as unknown as Bridged).espalier).sort(),
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
    }));
    expect(seen).toEqual({ bridge: ['call', 'pathOf', 'subscribe'], node: [] });
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

  test('the wizard starts a run by clicks', async () => {
    await page.evaluate("location.hash = '#/new'");
    await page.getByRole('heading', { level: 1, name: 'Which network?' }).waitFor();
    const press = (name: RegExp) => page.getByRole('button', { name }).click();
    await page.getByRole('radio', { name: /LeNet-300-100/ }).click();
    for (const step of ['data', 'goal', 'method', 'layers', 'training', 'review'])
      await press(RegExp(`Continue to ${step}`));
    await page.getByRole('heading', { level: 1, name: 'Ready to start' }).waitFor();
    await press(/Start run/);
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor({ timeout: 60_000 });
    const listed = (await call('runs.query', {})) as { result: { rows: { id: number }[] } };
    expect(listed.result.rows).toHaveLength(1);
    for (const { id } of listed.result.rows) {
      await call('runs.cancel', { id });
      await expect.poll(() => stateOf(id), { timeout: 30_000 }).toBe('cancelled');
    }
    expect(complaints).toEqual([]);
  });

  test('text goes to the clipboard by the one permission that is granted', async () => {
    await page.evaluate("location.hash = '#/new/review'");
    await page.getByRole('button', { name: /Copy/ }).first().click();
    await page.getByText('Copied.').waitFor();
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toContain('paradigm:');
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
      export: ['onnx', 'keras'],
    };
    const started = (await call('runs.start', { projectId: created.result.id, recipe })) as {
      result: { id: number };
    };
    const { id } = started.result;
    await expect.poll(() => stateOf(id), { timeout: 90_000 }).toBe('finished');
    expect(complaints).toEqual([]);
    model = join(dataFolder, 'runs', String(id), 'model.h5');
    expect(existsSync(model)).toBe(true);
  });

  test("imports the run's .h5 that a person picks: the thread of the HDF5 library starts in a utility process", async () => {
    await app.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
    }, model);
    await page.evaluate("location.hash = '#/new/network'");
    await page.getByRole('radio', { name: /A model file/ }).click();
    await page.getByRole('button', { name: 'Browse…' }).click();
    await expect.poll(() => page.getByLabel('Model file').inputValue()).toBe(model);
    const inspected = await call('networks.inspect', { network: model, data: null });
    expect(inspected).toMatchObject({ ok: true, result: { parameters: 266_610 } });
    expect(complaints).toEqual([]);
  });
});

interface Bridged {
  espalier: { call(name: string, args: unknown): Promise<unknown> };
}
