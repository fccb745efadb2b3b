import { expect, it } from 'vitest';
import { readableRows } from '../../main/contract/run-list.ts';
import { describeInBrowser } from './support/session.ts';

/** What only the desktop app can do wrong; the other tests of the screens run in both shells. */
describeInBrowser(
  'the page in the desktop app',
  (open) => {
    it('starts a run from the wizard by clicks, with baselines beside it', async () => {
      const { page, server } = await open('#/', { runs: [], epochMs: 60 });
      const press = (name: RegExp) => page.getByRole('button', { name }).click();
      await page
        .getByRole('link', { name: /^New run$/ })
        .first()
        .click();
      await page.getByRole('radio', { name: /LeNet-300-100/ }).click();
      await press(/Continue to data/);
      await page.getByRole('radio', { name: /Built-in digits/ }).click();
      await press(/Continue to goal/);
      await press(/^80 %$/);
      await press(/Continue to method/);
      await page.getByRole('radio', { name: /^RigL/ }).click();
      for (const step of ['layers', 'training', 'review']) await press(RegExp(`Continue to ${step}`));
      await page.getByRole('heading', { level: 1, name: 'Ready to start' }).waitFor();
      await page.getByText('1 thing to mend').waitFor({ state: 'detached' });
      await page.getByLabel(/^Random mask/).check();
      await press(/Start run/);
      await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
      const runs = readableRows(await server.studio.handlers['runs.query']({}));
      // The youngest comes first, unless both were made in the same millisecond.
      const started = runs.toSorted((a, b) => a.id - b.id);
      expect(started.map(({ recipe }) => [recipe.paradigm, recipe.budget.sparsity])).toEqual([
        ['rigl', 0.8],
        [expect.any(String), 0.8],
      ]);
    });

    it('copies text with the one permission that the app grants, and has no other', async () => {
      const { page } = await open('#/new/review');
      await page.getByRole('button', { name: /Copy/ }).first().click();
      await page.getByText('Copied.').waitFor();
      const state = (name: string) =>
        page.evaluate<string>(
          `navigator.permissions.query({ name: ${JSON.stringify(name)} }).then(({ state }) => state)`,
        );
      expect(await state('clipboard-write')).toBe('granted');
      for (const name of ['clipboard-read', 'notifications', 'geolocation', 'microphone'])
        expect(await state(name), name).toBe('denied');
    });

    it('says that the program is gone, what to do about it, and stays usable', async () => {
      const { page, desktop } = await open('#/settings');
      const dark = page.getByRole('group', { name: 'Theme' }).getByText('Dark');
      await dark.waitFor();
      await desktop?.closePipe();
      await dark.click();
      const alert = page.getByRole('alert').filter({ hasText: 'The studio does not answer.' });
      await alert.waitFor();
      expect(await alert.innerText()).toContain('Close Espalier and start it again');
      // The choice that could not be kept is taken back.
      expect(await page.locator('html[data-theme=dark]').count()).toBe(0);
    });

    it('opens a file that the program was opened with as the network of a new run', async () => {
      const file = '/home/ada/my model.espalier';
      const { page } = await open('#/new/goal');
      await page.getByRole('button', { name: '80 %' }).click();
      await page.goto(new URL(`#/new/network?file=${encodeURIComponent(file)}`, page.url()).href);
      await page.getByRole('heading', { level: 1, name: 'Which network?' }).waitFor();
      expect(await page.getByLabel('Model file').inputValue()).toBe(file);
      expect(page.url()).toMatch(/#\/new\/network$/);
      await page.getByRole('link', { name: /Goal/ }).click();
      expect(await page.getByLabel('Weights to prune, in percent').inputValue()).toBe('90');
    });
  },
  ['desktop'],
);
