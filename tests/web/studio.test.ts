import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, chromiumRemedy, launchBrowser } from './support/browser.ts';

const home = mkdtempSync(join(tmpdir(), 'espalier-studio-'));
const espalier = new URL('../../resources/bin/espalier.mjs', import.meta.url).pathname;

/** The program as it was built last: real database, real engine processes, real screens. */
async function startStudio(): Promise<{ child: ChildProcess; link: string }> {
  const child = spawn(process.execPath, [espalier, 'serve', '--home', home, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) =>
      resolve((JSON.parse(data.toString()) as { link: string }).link),
    );
    child.once('exit', (code) => reject(new Error(`the studio ended with ${code}`)));
  });
  return { child, link };
}

async function stop({ child }: { child: ChildProcess }, page: Page): Promise<void> {
  // The page would complain that its server is gone.
  await page.goto('about:blank');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await gone;
}

if (chromiumPath === null) console.warn(`Skipped: ${chromiumRemedy}`);

describe.skipIf(chromiumPath === null)('the studio in a browser', () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(home, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  const next = (name: string) => page.getByRole('button', { name: `Continue to ${name}` }).click();

  it('goes from the wizard to a finished run and a model that onnxruntime runs; all of it is there after a restart', async () => {
    let studio = await startStudio();
    try {
      await page.goto(studio.link);
      await page.getByRole('link', { name: 'New run' }).first().click();
      await next('data');
      for (const step of ['goal', 'method', 'layers', 'training']) await next(step);
      await page.getByLabel('Dense training, epochs').fill('2');
      await page.getByLabel('Pruning, epochs').fill('1');
      await page.getByLabel('Fine-tuning, epochs').fill('1');
      await next('review');
      await page.getByRole('button', { name: 'Start run' }).click();

      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Resume' }).click({ timeout: 60_000 });
      await page.getByRole('heading', { name: /download/ }).waitFor({ timeout: 120_000 });

      const row = page.getByRole('listitem').filter({ hasText: 'model.onnx' });
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        row.getByRole('button', { name: /Save/ }).click(),
      ]);
      const bytes = readFileSync(await download.path());
      const session = await ort.InferenceSession.create(bytes);
      const input = new ort.Tensor('float32', new Float32Array(3 * 784), [3, 1, 28, 28]);
      const result = await session.run({ [session.inputNames[0] ?? '']: input });
      expect(result[session.outputNames[0] ?? '']?.dims).toEqual([3, 10]);
    } finally {
      await stop(studio, page);
    }

    studio = await startStudio();
    try {
      await page.goto(studio.link);
      await page.getByRole('link', { name: 'All runs' }).click();
      const run = page.getByRole('row').filter({ hasText: 'Finished' });
      await run.getByRole('link').first().click();
      await page.getByRole('heading', { name: /download/ }).waitFor();
      await page.getByText('model.onnx').waitFor();
    } finally {
      await stop(studio, page);
    }
  });

  it('shows why a run failed and what to do', async () => {
    const studio = await startStudio();
    try {
      await page.goto(studio.link);
      await page.getByRole('link', { name: 'New run' }).first().click();
      await next('data');
      for (const step of ['goal', 'method', 'layers', 'training']) await next(step);
      await page.getByText('Settings of dense training').click();
      await page.getByLabel('Learning rate').first().fill('50');
      await next('review');
      await page.getByRole('button', { name: 'Start run' }).click();
      await page
        .getByText(/Training diverged/)
        .first()
        .waitFor({ timeout: 60_000 });
      await page
        .getByText(/Lower the learning rate/)
        .first()
        .waitFor();
    } finally {
      await stop(studio, page);
    }
  });
});
