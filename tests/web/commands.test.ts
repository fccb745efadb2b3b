import { expect, it } from 'vitest';
import { commands } from '../../renderer/text/commands.ts';
import { everyState } from './support/fixture-runs.ts';
import { violations } from './support/axe.ts';
import { describeInBrowser } from './support/session.ts';

describeInBrowser(
  'keys and the palette',
  (open) => {
    it('finds a run by its name, and a screen by its own, with the keyboard alone', async () => {
      const { page } = await open('#/');
      const [run] = everyState();
      await page.keyboard.press('Control+k');
      const field = page.getByRole('textbox', { name: 'Find a command or a run' });
      await field.fill(run?.name ?? '');
      await page.getByRole('option', { name: run?.name }).first().waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: run?.name }).waitFor();
      await page.keyboard.press('Control+k');
      await field.pressSequentially('sett');
      await page.getByRole('option', { name: /^Settings \d$/ }).waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    });

    it('goes to a section of the settings, to sweeps, and to the network as a graph', async () => {
      const { page } = await open('#/');
      const go = async (typed: string, option: RegExp) => {
        await page.keyboard.press('Control+k');
        await page.getByRole('textbox', { name: 'Find a command or a run' }).fill(typed);
        await page.getByRole('option', { name: option }).click();
      };
      await go('storage', /^Settings: storage/);
      await expect.poll(() => page.locator('h2:focus').innerText()).toBe('Storage');
      await go('light', /^Settings: look/);
      await expect.poll(() => page.locator('h2:focus').innerText()).toBe('Look');
      await go('new sweep', /^New sweep/);
      await page.getByRole('heading', { level: 1, name: 'New sweep' }).waitFor();
      await go('graph', /as a graph/);
      await page.getByRole('button', { name: 'Graph', pressed: true }).waitFor();
    });

    it('goes by single keys while no text is typed, and not at all where they are turned off', async () => {
      const { page } = await open('#/');
      await page.keyboard.press('2');
      await page.getByRole('heading', { level: 1, name: 'All runs' }).waitFor();
      await page.getByRole('searchbox').or(page.getByRole('textbox')).first().fill('');
      await page.keyboard.type('14');
      await page.getByRole('heading', { level: 1, name: 'All runs' }).waitFor();
      await page.locator('h1').focus();
      await page.keyboard.press('?');
      const sheet = page.getByRole('dialog', { name: 'Keys' });
      expect(await sheet.getByRole('term').allInnerTexts()).toEqual(
        commands.filter(({ keys }) => keys.length > 0).map(({ words }) => words),
      );
      await sheet.getByLabel('Keys without Ctrl or Cmd').uncheck();
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await page.locator('h1').focus();
      await page.keyboard.press('1');
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { level: 1, name: 'All runs' }).waitFor();
    });

    it('has nothing that axe finds', async () => {
      const { page } = await open('#/');
      for (const [key, name] of [
        ['Control+k', 'Find a command or a run'],
        ['?', 'Keys'],
      ] as const) {
        await page.keyboard.press(key);
        await page.getByRole('dialog', { name }).waitFor();
        if (name !== 'Keys') await page.getByRole('option').last().waitFor();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
    });
  },
  ['browser'],
);
