import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childHost } from '../../main/jobs/child-host.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import { serve } from '../../main/serve/serve.ts';
import type { Server } from '../../main/serve/serve.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sampleRecipe } from '../support/samples.ts';
import { testStudio } from '../support/studio.ts';
import type { TestStudio } from '../support/studio.ts';
import { chromiumPath, chromiumRemedy, launchBrowser } from './support/browser.ts';
import { rendererFolder } from './support/build-renderer.ts';

const why = chromiumPath === null ? ` (skipped: ${chromiumRemedy})` : '';

/** Nothing is played here: the loopback server, the real engine, the database, and a browser in front of them. */
describe.skipIf(chromiumPath === null)(`the real studio in a browser${why}`, () => {
  const folder = temporaryFolder();
  const errors: string[] = [];
  let browser: Browser;
  let context: BrowserContext;
  let studio: TestStudio;
  let server: Server;
  let page: Page;

  async function open(): Promise<void> {
    studio = testStudio(folder, { startEngine: () => childHost(engineEntry()) });
    server = await serve({ studio, desk: studio.desk, assets: rendererFolder });
    page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(server.link());
    await page.locator('h1').first().waitFor();
  }
  async function close(): Promise<void> {
    await page.close();
    await server.close();
    await studio.close();
  }

  beforeAll(async () => {
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
    context.setDefaultTimeout(120_000);
    await open();
  });
  afterAll(async () => {
    await close();
    await browser.close();
  });

  const press = (name: RegExp) => page.getByRole('button', { name }).click();

  it('goes from the first start and the demo to a finished run, while a second run waits its turn', async () => {
    await page.getByRole('heading', { name: 'Nothing pruned yet' }).waitFor();
    await press(/^Try the demo recipe$/);
    await page.getByRole('heading', { level: 1, name: 'Ready to start' }).waitFor();
    await press(/Start run/);
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();

    const [first] = (await studio.ask('runs.query', {})).rows;
    const projectId = first?.projectId ?? 0;
    const second = await studio.ask('runs.start', { projectId, recipe: sampleRecipe({ name: 'second' }) });
    expect(second.state).toBe('queued');
    await page.getByRole('heading', { name: /× smaller download, .*accura/ }).waitFor({ timeout: 570_000 });
    await studio.ask('runs.cancel', { id: second.id });

    const run = await studio.ask('runs.get', { id: first?.id ?? 0 });
    expect(run.result?.sparsity).toBeCloseTo(0.9, 2);
    expect(run.result?.denseAccuracy).toBeGreaterThan(0.95);
    expect(run.result?.accuracy).toBeGreaterThan(0.94);
  }, 600_000);

  it('hands out an ONNX file that onnxruntime runs', async () => {
    const entry = page.getByRole('listitem').filter({ hasText: 'model.onnx' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      entry.getByRole('button', { name: /Save/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('model.onnx');
    const path = join(folder, 'downloaded.onnx');
    await download.saveAs(path);
    const session = await InferenceSession.create(readFileSync(path));
    expect(session.inputNames).toHaveLength(1);
    await session.release();
  });

  it('has lost nothing after closing and opening again', async () => {
    const before = (await studio.ask('runs.query', {})).rows;
    await close();
    await open();
    const after = (await studio.ask('runs.query', {})).rows;
    expect(after.at(-1)).toEqual(before.at(-1));
    await page.goto(new URL(`/#/runs/${after.at(-1)?.id}`, page.url()).href);
    await page.getByRole('heading', { name: /× smaller download, .*accura/ }).waitFor();
    expect(errors).toEqual([]);
  });
});
