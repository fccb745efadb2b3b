import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyResultSchema } from '../../main/contract/study.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { engineEntry } from '../../main/jobs/entry.ts';
import { serve } from '../../main/serve/serve.ts';
import type { Server } from '../../main/serve/serve.ts';
import { temporaryFolder } from '../support/folder.ts';
import { testStudio } from '../support/studio.ts';
import type { TestStudio } from '../support/studio.ts';
import { violations } from './support/axe.ts';
import { chromiumPath, chromiumRemedy, launchBrowser } from './support/browser.ts';
import { rendererFolder } from './support/build-renderer.ts';

const why = chromiumPath === null ? ` (skipped: ${chromiumRemedy})` : '';

/** The loopback server, the real engine and the database behind a browser; the study is tiny. */
describe.skipIf(chromiumPath === null)(`studies in the studio${why}`, () => {
  const folder = temporaryFolder();
  const errors: string[] = [];
  let browser: Browser;
  let studio: TestStudio;
  let server: Server;
  let page: Page;

  async function open(at: string, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    studio = testStudio(folder, { startEngine: () => childHost(engineEntry()) });
    server = await serve({ studio, desk: studio.desk, assets: rendererFolder });
    page = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      acceptDownloads: true,
      colorScheme,
    });
    page.setDefaultTimeout(120_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(server.link());
    await page.locator('h1').first().waitFor();
    await page.goto(new URL(at, page.url()).href);
  }
  async function close(): Promise<void> {
    await page.close();
    await server.close();
    await studio.close();
  }
  beforeAll(async () => {
    browser = await launchBrowser();
    await open('/#/studies');
  });
  afterAll(async () => {
    await close();
    await browser.close();
  });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);

  it('lists claim, paper and minutes, and leads to a form that shows what is wrong beside its field', async () => {
    await page.getByText('Claimed:').first().waitFor();
    expect(await page.getByText(/about \d+ min of one core/).count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Set up Pruning and generalisation' }).click();
    await page.getByLabel('Shares kept', { exact: true }).waitFor();
    await fill('Draws', '0');
    await page.getByText('This is 0; it must be at least 1.').waitFor();
    expect(await page.getByRole('button', { name: 'Start the study' }).isDisabled()).toBe(true);
    expect(await page.getByLabel('Draws', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(await violations(page)).toEqual([]);
  }, 300_000);

  it('runs one to its end, and hands out what it came to', async () => {
    await fill('Shares kept', '1, 0.3');
    await fill('Draws', '2');
    await fill('Dimension', '40');
    await fill('Neurons', '8');
    await fill('Training samples', '20');
    await fill('Test samples', '50');
    await fill('Most iterations', '400');
    await fill('Images', 'digits');
    await fill('Networks', 'dense');
    await fill('Sparsities', '0.5');
    await fill('Images to train on', '40');
    await fill('Epochs', '1');
    await fill('Seed', '3');
    await press('Start the study');
    await page.getByRole('progressbar', { name: /Progress of/ }).waitFor();
    await page.getByText('Finished', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Charts' }).waitFor();
    expect(await page.locator('main figure svg[role=img]').count()).toBeGreaterThan(1);
    expect(await violations(page)).toEqual([]);
    const [download] = await Promise.all([page.waitForEvent('download'), press('Save the results as JSON')]);
    expect(download.suggestedFilename()).toBe('pruning-and-generalisation.json');
    const path = join(folder, 'downloaded.json');
    await download.saveAs(path);
    const result = studyResultSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    expect(result).toMatchObject({ seed: 3, done: result.steps, parameters: { draws: 2, dimension: 40 } });
  }, 300_000);

  it('has it again after the studio was closed, in the dark too, and shows a chart as a table', async () => {
    await close();
    await open('/#/studies', 'dark');
    await page.getByRole('link', { name: /Pruning and generalisation.*Finished/ }).click();
    await page.getByRole('heading', { name: 'Charts' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page
      .getByRole('button', { name: /as a table$/ })
      .first()
      .click();
    await page.locator('figure table').waitFor();
    await press('Remove');
    await press('Remove the study');
    await page.getByRole('heading', { level: 1, name: 'Studies' }).waitFor();
    expect(await studio.ask('studies.list', null)).toEqual([]);
    expect(errors).toEqual([]);
  }, 300_000);
});
