import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { RunSummary } from '../../main/contract/api.ts';
import { violations } from './support/axe.ts';
import { everyState } from './support/fixture-runs.ts';
import { describeInBrowser } from './support/session.ts';

interface Screen {
  readonly name: string;
  readonly at: string;
  readonly runs?: readonly RunSummary[];
  readonly then?: (page: Page) => Promise<unknown>;
  /** Looked at in the dark too: between them these show every part there is. */
  readonly dark?: true;
}

/** The bar at the window's end lies over what is longer than the window: at the page's end it lies over nothing. */
const toTheEnd = (page: Page) => page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');

const screens: readonly Screen[] = [
  { name: 'home, empty', at: '#/', runs: [] },
  { name: 'home', at: '#/', dark: true },
  { name: 'wizard: network', at: '#/new/network', then: (page) => page.getByText('Can be pruned').waitFor() },
  {
    name: 'wizard: data',
    dark: true,
    at: '#/new/data',
    then: async (page) => {
      await page.getByText('More options').click();
      await page.getByText('10 classes').waitFor();
    },
  },
  {
    name: 'wizard: file browser',
    at: '#/new/data',
    then: async (page) => {
      await page.getByRole('radio', { name: 'Table' }).click();
      await page.getByRole('button', { name: 'Browse…' }).click();
      await page.getByRole('button', { name: 'Home' }).waitFor();
    },
  },
  {
    name: 'wizard: method',
    at: '#/new/method',
    then: (page) => page.getByText('Change how it prunes').click(),
  },
  {
    name: 'wizard: goal',
    dark: true,
    at: '#/new/goal',
    then: async (page) => {
      await page.getByLabel('A floor under accuracy').check();
      await page.getByLabel('Weights to prune, in percent').fill('120');
    },
  },
  {
    name: 'wizard: layers',
    dark: true,
    at: '#/new/layers',
    then: async (page) => {
      await page.getByRole('button', { name: /Channels that can leave/ }).click();
      await page.getByLabel('Keep fc1 whole').first().check();
      await page.getByText('No layer would be emptied').waitFor();
    },
  },
  {
    name: 'wizard: training',
    at: '#/new/training',
    then: (page) => page.getByText('Settings of dense training').click(),
  },
  {
    name: 'wizard: speed',
    dark: true,
    at: '#/new/goal',
    then: async (page) => {
      await page.getByRole('button', { name: 'Measure the speed' }).click();
      await page
        .getByText(/faster in WebAssembly/)
        .first()
        .waitFor();
      await page.getByRole('button', { name: 'Layer by layer in onnxruntime' }).click();
    },
  },
  {
    name: 'wizard: review',
    at: '#/new/review',
    then: async (page) => {
      await page.getByLabel('The recipe as YAML').fill('seed: -1');
      await page.getByText(/must be at least 0/).waitFor();
      await page.getByRole('button', { name: "Back to the form's" }).click();
      // The button is looked at once it can be pressed, not while that changes.
      await page.locator('button:enabled', { hasText: 'Start run' }).waitFor();
      await toTheEnd(page);
    },
  },
  ...everyState()
    .slice(0, 10)
    .map((run) => ({
      name: `run, ${run.state}`,
      at: `#/runs/${run.id}`,
      ...(run.state === 'failed' || run.state === 'running' ? { dark: true as const } : {}),
    })),
  {
    name: 'run, finished',
    dark: true,
    at: '#/runs/2',
    then: async (page) => {
      await page.getByText('Checks and provenance').click();
      await page.getByRole('button', { name: 'Table' }).first().click();
    },
  },
  {
    name: 'dialog before removing',
    at: '#/runs/2',
    then: (page) => page.getByRole('button', { name: 'Remove' }).click(),
  },
  { name: 'all runs', at: '#/runs', dark: true },
  {
    name: 'all runs, one of them edited, two ticked',
    at: '#/runs?tags=keeper',
    runs: everyState().map((run) => ({ ...run, tags: ['keeper', 'apple'], notes: 'Best in the new year.' })),
    then: async (page) => {
      await page.getByLabel('Tick Digits, 98 %').check();
      await page.getByLabel('Tick Digits, 95 %').check();
      await page.getByRole('button', { name: 'Tags', exact: true }).click();
      await page
        .getByRole('button', { name: /^Name, tags and notes/ })
        .first()
        .click();
    },
  },
  {
    name: 'trash',
    at: '#/runs?trash=1',
    runs: everyState().map((run) => ({ ...run, deletedAt: run.createdAt })),
  },
  { name: 'trash, empty', at: '#/runs?trash=1' },
  { name: 'project', at: '#/projects/1' },
  {
    name: 'compare',
    at: '#/compare?runs=1,2,3',
    then: (page) => page.getByRole('heading', { name: 'Validation accuracy' }).waitFor(),
  },
  { name: 'settings', at: '#/settings' },
  { name: 'nothing there', at: '#/runs/4711' },
];

describeInBrowser(
  'axe-core finds nothing',
  (open) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const looked = colorScheme === 'light' ? screens : screens.filter(({ dark }) => dark);
      it.each(looked)(`$name, ${colorScheme}`, async ({ at, runs, then }) => {
        const { page } = await open(at, {
          ...(runs === undefined ? {} : { runs }),
          context: { colorScheme, reducedMotion: 'reduce' },
        });
        await then?.(page);
        await page.waitForTimeout(250);
        expect(await violations(page)).toEqual([]);
      });
    }
  },
  ['browser'],
);
