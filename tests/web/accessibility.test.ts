import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { RunSummary } from '../../main/contract/api.ts';
import { runError } from '../../main/contract/errors.ts';
import { violations } from './support/axe.ts';
import { everyState } from './support/fixture-runs.ts';
import { describeInBrowser } from './support/session.ts';
import type { FixtureServer } from './support/server.ts';

interface Screen {
  readonly name: string;
  readonly at: string;
  readonly runs?: readonly RunSummary[];
  readonly before?: (server: FixtureServer) => void;
  readonly then?: (page: Page, server: FixtureServer) => Promise<unknown>;
}

/** The bar at the window's end lies over what is longer than the window: at the page's end it lies over nothing. */
const toTheEnd = (page: Page) => page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');

const screens: readonly Screen[] = [
  { name: 'home, empty', at: '#/', runs: [] },
  { name: 'home', at: '#/' },
  { name: 'wizard: network', at: '#/new/network', then: (page) => page.getByText('Can be pruned').waitFor() },
  {
    name: 'wizard: data',
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
    at: '#/new/goal',
    then: async (page) => {
      await page.getByLabel('A floor under accuracy').check();
      await page.getByLabel('Weights to prune, in percent').fill('120');
    },
  },
  {
    name: 'wizard: layers',
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
    .map((run) => ({ name: `run, ${run.state}`, at: `#/runs/${run.id}` })),
  {
    name: 'run, finished',
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
  { name: 'all runs', at: '#/runs' },
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
  { name: 'compare, nothing chosen', at: '#/compare' },
  { name: 'all runs, none there', at: '#/runs', runs: [] },
  {
    name: 'all runs, not to be had',
    at: '#/runs',
    before: (server) => {
      server.fail('runs.query', runError('store/locked', 'The database is locked by another program.'));
    },
    then: (page) => page.getByRole('button', { name: 'Try again' }).first().waitFor(),
  },
  {
    name: 'connection lost',
    at: '#/',
    then: async (page, server) => {
      server.cut(true);
      await page.getByText(/connection .* lost/).waitFor();
    },
  },
  { name: 'keys', at: '#/', then: (page) => page.keyboard.press('?') },
  { name: 'sweeps, none there', at: '#/sweeps', runs: [] },
  { name: 'new sweep', at: '#/sweeps/new' },
  { name: 'studies, none started', at: '#/studies', runs: [] },
  { name: 'settings', at: '#/settings' },
  { name: 'nothing there', at: '#/runs/4711' },
];

describeInBrowser(
  'axe-core finds nothing in light and in dark',
  (open) => {
    it.each(screens)('$name', async ({ at, runs, before, then }) => {
      const { page, server, expectErrors } = await open(at, {
        ...(runs === undefined ? {} : { runs }),
        ...(before === undefined ? {} : { before }),
        context: { reducedMotion: 'reduce' },
      });
      // Of the connection that a screen is looked at without.
      expectErrors(/WebSocket|Failed to load resource/);
      await then?.(page, server);
      await page.waitForTimeout(250);
      expect(await violations(page)).toEqual([]);
    });
  },
  ['browser'],
);
