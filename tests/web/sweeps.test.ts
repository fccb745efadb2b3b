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
