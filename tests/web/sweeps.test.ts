import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { violations } from './support/axe.ts';
import { describeInBrowser } from './support/session.ts';

describeInBrowser(
  'sweeps',
  (open) => {
    it('leads from the list to a chart with intervals, its table and its runs', async () => {
      const { page } = await open('#/sweeps');
      await page
        .getByRole('main')
        .getByRole('link', { name: /How far can it go/ })
        .click();
      await page.getByRole('heading', { name: 'Accuracy against sparsity' }).waitFor();
      await page
        .getByRole('cell', { name: /^97\.\d\d ± \d\.\d\d \(3\)$/ })
        .first()
        .waitFor();
      expect(await page.getByRole('row').count()).toBeGreaterThan(5);
      expect(await violations(page)).toEqual([]);
    });

    it('makes a grid of the draft, counts its runs, and tells what is wrong with it', async () => {
      const { page } = await open('#/sweeps/new');
      await page.getByLabel('SNIP', { exact: true }).check();
      await page.getByRole('button', { name: 'Start 18 runs' }).waitFor();
      await page.getByLabel('Sparsities, in percent').fill('80, 120');
      await page.getByRole('alert').first().waitFor();
      expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
      expect(await violations(page)).toEqual([]);
      await page.getByLabel('Sparsities, in percent').fill('80');
      await page.getByRole('button', { name: 'Start 6 runs' }).click();
      await page.getByRole('heading', { level: 1, name: 'How far can it go?' }).waitFor();
    });
  },
  ['browser'],
);

describeInBrowser(
  'sweeps on other machines',
  (open) => {
    const narrow = { viewport: { width: 360, height: 740 } };
    const inBothThemes = async (page: Page) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        // Colours that are on their way from one theme to the other belong to neither.
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.evaluate(settled);
        expect(await violations(page), colorScheme).toEqual([]);
      }
    };
    const settled = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      .then(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
      .then(() => undefined)`;
    /** Sideways only tables scroll, never the page. */
    const fits = (page: Page) =>
      page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth');
    const shown: readonly [id: number, words: readonly (string | RegExp)[]][] = [
      [1, [/This machine: 1 run at a time, 5 runs waiting, 1 at work/]],
      [2, [/0 workers, 27 runs waiting, 0 at work/, /The runs wait for workers/, 'espalier worker']],
      [
        3,
        [
          /rediss:\/\/queue\.example:6380, queue espalier: 3 workers, 9,874 runs waiting, 3 at work/,
          /3 runs begun again 4 times in all/,
          'just now',
          '0.0.9',
        ],
      ],
      [
        4,
        [
          'Why runs failed',
          /submitted by version "0\.1\.0", and this worker is version 0\.0\.9/,
          'The first of 3 runs',
          /There is no room left/,
          /does not have a data set/,
        ],
      ],
      [5, [/No run is at work or waits/]],
      [6, [/does not answer \(ECONNREFUSED\)/, /It is tried again by itself/]],
      [7, [/Slurm, partition gpu: 2 nodes, 12 runs waiting, 8 at work/, 'down*']],
    ];
    it.each(shown)('tells how sweep %i stands', async (id, words) => {
      const { page } = await open(`#/sweeps/${id}`);
      const main = page.getByRole('main');
      for (const text of words) await main.getByText(text).first().waitFor();
      await inBothThemes(page);
      await page.setViewportSize(narrow.viewport);
      expect(await fits(page)).toBe(true);
    });

    it('says what a forgotten sweep leaves on shared storage, and offers to remove it', async () => {
      const { page } = await open('#/sweeps/5', { context: narrow });
      await page.getByRole('button', { name: 'Forget' }).click();
      const dialog = page.getByRole('alertdialog');
      await dialog.getByText('This folder stays where it is:').waitFor();
      await dialog.getByText('/srv/shared/espalier/0123456789abcdef').waitFor();
      await inBothThemes(page);
      await dialog.getByRole('checkbox', { name: /Remove its folder on the shared storage too/ }).check();
      await dialog.getByText('This folder goes:').waitFor();
      await dialog.getByRole('button', { name: 'Forget the sweep' }).click();
      await dialog.waitFor({ state: 'detached' });
      // One that has nothing there offers nothing.
      const { page: other } = await open('#/sweeps/1');
      await other.getByRole('button', { name: 'Forget' }).click();
      await other.getByRole('alertdialog').getByText('The grid and its page go').waitFor();
      expect(await other.getByRole('alertdialog').getByRole('checkbox').count()).toBe(0);
    });

    it('sets a server, which is tested and then can be chosen; what is wrong stands at its field', async () => {
      const { page } = await open('#/sweeps/new', { context: narrow });
      const redis = page.getByRole('radio', { name: /^Redis/ });
      await redis.waitFor();
      expect(await redis.isDisabled()).toBe(true);
      await page.getByText('No Redis server is set.').waitFor();
      await page.getByRole('link', { name: 'Set up other machines' }).click();
      await page.getByRole('heading', { name: 'Sweeps on other machines' }).waitFor();
      const address = page.getByLabel('Address of the server');
      const test = page.getByRole('button', { name: 'Test the connection to Redis' });
      await address.fill('redis://:secret@queue.example');
      await test.click();
      await page.getByText(/A password does not belong here/).waitFor();
      expect(await address.getAttribute('aria-invalid')).toBe('true');
      await address.fill('redis://away.example');
      await test.click();
      await page.getByRole('heading', { name: 'Redis cannot be used' }).waitFor();
      await inBothThemes(page);
      await address.fill('redis://queue.example:6379');
      await page.getByText('Not saved yet.').waitFor();
      await test.click();
      await page.getByText(/answers: 3 workers/).waitFor();
      expect(await fits(page)).toBe(true);
      await inBothThemes(page);
      await page.evaluate("location.hash = '#/sweeps/new'");
      await page.getByRole('radio', { name: /^Redis/ }).check();
      await page.getByRole('button', { name: 'Start 9 runs' }).click();
      await page.getByRole('heading', { level: 1, name: 'Waits for workers' }).waitFor();
      await page.getByText('espalier worker --redis redis://queue.example:6379').waitFor();
    });
  },
  ['browser'],
);
