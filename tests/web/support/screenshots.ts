import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { runError } from '../../../main/contract/errors.ts';
import type { RunSummary } from '../../../main/contract/api.ts';
import { buildRenderer, rendererFolder } from './build-renderer.ts';
import { launchBrowser } from './browser.ts';
import { everyState } from './fixture-runs.ts';
import { serveFixture } from './server.ts';
import type { FixtureServer } from './server.ts';

/**
 * Pictures of every screen in its states, light and dark, narrow and wide, for the eye: npm run screens -- [folder] [part of a name]
 */
interface Shot {
  readonly name: string;
  readonly at: string;
  readonly runs?: readonly RunSummary[];
  readonly before?: (server: FixtureServer) => void;
  readonly then?: (page: Page, server: FixtureServer) => Promise<unknown>;
}

const unreachable = runError('store/locked', 'The database is locked by another program.', {
  file: '/home/ada/.local/share/espalier/espalier.db',
  remedy: 'Close the other Espalier, then try again.',
});

const shots: readonly Shot[] = [
  {
    name: 'wizard-3-goal-demands',
    at: '#/new/goal',
    then: async (page) => {
      await page.getByRole('radio', { name: /^Latency/ }).click();
      await page.getByRole('button', { name: 'More than one goal' }).click();
      await page.getByLabel('A floor under accuracy').check();
      await page.getByLabel('File size').check();
    },
  },
  {
    name: 'wizard-5-layers-sensitivity',
    at: '#/new/layers',
    then: async (page) => {
      await page.getByRole('button', { name: /What each layer may lose/ }).click();
      await page.getByRole('button', { name: 'Measure', exact: true }).click();
      await page.getByRole('button', { name: 'Use the best shares' }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'wizard-3-goal-speed',
    at: '#/new/goal',
    then: async (page) => {
      await page.getByRole('button', { name: 'Measure the speed' }).click();
      await page.getByRole('button', { name: 'Layer by layer in onnxruntime' }).click();
    },
  },
  { name: 'home-empty', at: '#/', runs: [] },
  { name: 'home-busy', at: '#/' },
  {
    name: 'home-error',
    at: '#/',
    before: (server) => {
      server.fail('runs.query', unreachable);
    },
  },
  {
    name: 'connection-lost',
    at: '#/',
    then: async (page, server) => {
      server.cut(true);
      await page.waitForTimeout(400);
    },
  },
  { name: 'wizard-1-network', at: '#/new' },
  { name: 'wizard-2-data', at: '#/new/data' },
  {
    name: 'wizard-2-data-file',
    at: '#/new/data',
    then: async (page) => {
      await page
        .getByRole('radio', { name: /CSV|table/i })
        .first()
        .click();
      await page.getByRole('button', { name: 'Browse…' }).click();
      await page.getByRole('button', { name: 'Home' }).click();
    },
  },
  { name: 'wizard-2-data-options', at: '#/new/data', then: (page) => page.getByText('More options').click() },
  {
    name: 'wizard-4-method',
    at: '#/new/method',
    then: (page) => page.getByText('Change how it prunes').click(),
  },
  { name: 'wizard-3-goal', at: '#/new/goal' },
  { name: 'wizard-5-layers', at: '#/new/layers' },
  {
    name: 'wizard-6-training',
    at: '#/new/training',
    then: (page) => page.getByText('Settings of dense training').click(),
  },
  { name: 'wizard-7-review', at: '#/new/review' },
  {
    name: 'wizard-7-problems',
    at: '#/new/goal',
    then: async (page) => {
      await page.getByLabel('Weights to prune, in percent').fill('120');
      await page.getByRole('link', { name: /Training/ }).click();
      await page.getByLabel('Dense training, epochs').fill('-3');
      await page.waitForTimeout(500);
      await page.getByRole('link', { name: /Review/ }).click();
    },
  },
  ...everyState()
    .slice(0, 10)
    .map((run) => ({ name: `run-${run.state}`, at: `#/runs/${run.id}` })),
  { name: 'run-finished', at: '#/runs/2' },
  {
    name: 'run-remove',
    at: '#/runs/2',
    then: (page) => page.getByRole('button', { name: 'Remove' }).click(),
  },
  { name: 'runs-all', at: '#/runs' },
  { name: 'runs-project', at: '#/projects/1' },
  { name: 'runs-empty', at: '#/runs', runs: [] },
  { name: 'compare', at: '#/compare?runs=1,2,3,4' },
  { name: 'compare-none', at: '#/compare' },
  { name: 'sweeps', at: '#/sweeps' },
  { name: 'sweep', at: '#/sweeps/1' },
  { name: 'sweep-waits', at: '#/sweeps/2' },
  { name: 'sweep-busy', at: '#/sweeps/3' },
  { name: 'sweep-failed', at: '#/sweeps/4' },
  { name: 'sweep-done', at: '#/sweeps/5' },
  { name: 'sweep-away', at: '#/sweeps/6' },
  { name: 'sweep-cluster', at: '#/sweeps/7' },
  { name: 'sweep-new', at: '#/sweeps/new', then: (page) => page.waitForTimeout(1500) },
  { name: 'sweeps-empty', at: '#/sweeps', runs: [] },
  { name: 'studies', at: '#/studies' },
  { name: 'studies-none-started', at: '#/studies', runs: [] },
  {
    name: 'study-new',
    at: '#/studies/new/pruning-and-generalisation',
    then: async (page) => {
      await page.getByLabel('Draws', { exact: true }).fill('0');
      await page.getByText('1 value to be corrected.').waitFor();
    },
  },
  { name: 'study-running', at: '#/studies/2', then: (page) => page.getByText('Numbers').waitFor() },
  { name: 'study-finished', at: '#/studies/1', then: (page) => page.getByText('Numbers').waitFor() },
  { name: 'settings', at: '#/settings' },
  { name: 'not-found', at: '#/runs/4711' },
];

const looks = [
  { name: 'light-1280', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark-1280', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'light-390', colorScheme: 'light', width: 390, height: 844 },
  { name: 'dark-1920', colorScheme: 'dark', width: 1920, height: 1080 },
  { name: 'light-640', colorScheme: 'light', width: 640, height: 400 },
] as const;

/** Until a screen is there and waits for nothing; then a moment more for what moves. */
async function shown(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(400);
}

const [folder = 'docs/screens', part = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
await buildRenderer();
const browser = await launchBrowser();
for (const shot of shots.filter(({ name }) => name.includes(part))) {
  for (const look of looks) {
    const server = await serveFixture({
      folder: rendererFolder,
      runs: shot.runs ?? everyState(),
      epochMs: 60_000,
    });
    const page = await browser.newPage({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.colorScheme,
    });
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`${shot.name}: ${message.text()}`);
    });
    page.on('pageerror', (error) => {
      console.error(`${shot.name}: ${String(error)}`);
    });
    shot.before?.(server);
    await page.goto(server.url + shot.at);
    try {
      await shown(page);
      await shot.then?.(page, server);
      await shown(page);
    } catch (error) {
      console.error(`${shot.name}: ${String(error)}`);
    }
    await page.screenshot({ path: `${folder}/${shot.name}.${look.name}.png`, fullPage: true });
    await page.close();
    await server.close();
  }
}
await browser.close();
