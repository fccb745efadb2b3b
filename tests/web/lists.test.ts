import { expect, it } from 'vitest';
import { runError } from '../../main/contract/errors.ts';
import { makeRun } from './support/fixture-runs.ts';
import { describeInBrowser } from './support/session.ts';

describeInBrowser('lists of runs', (open) => {
  it('an empty home has one primary action and the demo', async () => {
    const { page } = await open('#/', { runs: [] });
    const main = page.getByRole('main');
    expect(await main.locator('.button.primary').allInnerTexts()).toEqual(['New run']);
    await main.getByRole('button', { name: 'Try the demo recipe' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ready to start' }).waitFor();
    expect(await page.getByLabel('The recipe as YAML').inputValue()).toContain('network: lenet-300-100');
  });

  it('a list that cannot be had says why, and can be asked for again', async () => {
    const { page, server } = await open('#/settings');
    server.fail(
      'runs.query',
      runError('store/locked', 'The database is locked.', { remedy: 'Close the other one.' }),
    );
    await page.goto(`${server.url}#/runs`);
    await page.reload();
    await page.getByText('The database is locked.').waitFor();
    server.fail('runs.query', null);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('table').waitFor();
  });

  it('sorts and filters', async () => {
    const { page } = await open('#/runs');
    const names = () => page.locator('tbody th[scope=row] a').allInnerTexts();
    await page.getByLabel('State').selectOption('finished');
    await page.getByRole('button', { name: 'Accuracy' }).click();
    await expect.poll(names).toEqual(['Digits, 80 %', 'Digits, 90 %', 'Digits, 95 %', 'Digits, 98 %']);
    await page.getByRole('button', { name: /Accuracy/ }).click();
    await expect.poll(async () => (await names())[0]).toBe('Digits, 98 %');
    expect(await page.getByRole('columnheader', { name: /Accuracy/ }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    await page.getByLabel('Find runs').fill('95');
    await expect.poll(names).toEqual(['Digits, 95 %']);
    await page.reload();
    // The page begins anew, which takes its time on a machine that does other things too.
    await expect.poll(names, { timeout: 20_000 }).toEqual(['Digits, 95 %']);
    await page.getByLabel('Find runs').fill('nothing like it');
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(async () => (await names()).length).toBe(14);
  });

  it('compares picked runs', async () => {
    const { page } = await open('#/runs');
    await page.getByLabel('Tick Digits, 90 %', { exact: true }).check();
    await page.getByLabel('Tick Digits, 98 %', { exact: true }).check();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Digits, 98 %' }).waitFor();
    await page
      .getByRole('group', {
        name: /Digits, 98 %: 27.*B, accuracy 94\.75 %.*Not beaten: Digits, 98 %, Digits, 90 %/,
      })
      .waitFor();
    const figures = page.getByRole('region', { name: 'Comparison of runs' });
    expect(await figures.getByRole('columnheader').count()).toBe(2);
    await page.getByLabel('Accuracy over').selectOption('Parameters that are not zero');
    await page.getByRole('group', { name: /Digits, 98 %: 5,734, accuracy/ }).waitFor();
    await page.getByLabel('Curves of').selectOption('Validation loss');
    await page.getByRole('img', { name: /Digits, 90 % fell from .* Digits, 98 % fell from/ }).waitFor();
    await page.getByRole('row', { name: /fc1\/weight .*% .*%/ }).waitFor();
    await page.getByRole('row', { name: 'head shapes differ: 10 × 100 and 10 × 60' }).waitFor();
    await page.getByLabel(/Digits, 80 %/).check();
    await page.getByRole('columnheader', { name: 'Digits, 80 %' }).waitFor();
    await page.getByRole('rowheader', { name: 'Data', exact: true }).waitFor();
    expect(await page.getByText('accuracies cannot be compared').count()).toBe(0);
  });

  it('gives names, tags and notes, finds by them, and keeps what was thrown away until the trash is emptied', async () => {
    const { page } = await open('#/runs');
    const names = () => page.locator('tbody th[scope=row] a').allInnerTexts();
    await page.getByRole('button', { name: 'Name, tags and notes of Digits, 90 %', exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('Russet');
    await page.getByLabel('Tags', { exact: true }).fill('apple, keeper');
    await page.getByLabel('Notes', { exact: true }).fill('Best in the new year.');
    await page.keyboard.press('Control+a');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Russet' }).waitFor();
    await page.getByText('Best in the new year.').waitFor();
    await page.getByRole('button', { name: 'Only with the tag keeper' }).click();
    await expect.poll(names).toEqual(['Russet']);
    await page.getByRole('button', { name: 'No longer only with keeper' }).click();
    await expect.poll(async () => (await names()).length).toBe(14);
    await page.getByLabel('Tick Russet').check();
    await page.getByLabel('Tick Digits, 98 %').check();
    await page.getByRole('button', { name: 'Tags', exact: true }).click();
    await page.getByLabel('Tag', { exact: true }).fill('cellar');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Only with the tag cellar' }).count()).toBe(2);
    await page.getByRole('button', { name: 'Move to the trash', exact: true }).click();
    await expect.poll(async () => (await names()).length).toBe(12);
    await page.getByRole('link', { name: 'Trash' }).click();
    await expect.poll(names).toEqual(['Digits, 98 %', 'Russet']);
    await page.getByRole('button', { name: 'Restore Russet' }).click();
    await expect.poll(names).toEqual(['Digits, 98 %']);
    await page.getByRole('button', { name: 'Empty the trash' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Empty the trash' }).click();
    await page.getByText('The trash is empty').waitFor();
  });

  it('shows any number of runs with few rows on the page', async () => {
    const runs = Array.from({ length: 3_000 }, (_, n) =>
      makeRun({ id: n + 1, name: `Tree ${n + 1}`, state: 'failed', epoch: 0, minutesAgo: 10_000 - n }),
    );
    const { page } = await open('#/runs', { runs });
    const names = () => page.locator('tbody th[scope=row] a').allInnerTexts();
    await page.getByRole('link', { name: 'Tree 3000' }).waitFor();
    expect((await names()).length).toBeLessThan(60);
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await page.getByRole('link', { name: 'Tree 1', exact: true }).waitFor();
    expect((await names()).length).toBeLessThan(60);
    await page.getByLabel('Find runs').fill('2718');
    await expect.poll(names).toEqual(['Tree 2718']);
  });

  it('makes, renames and removes a project', async () => {
    const { page } = await open('#/');
    const main = page.getByRole('main');
    await main.getByRole('button', { name: 'New project' }).click();
    await page.keyboard.type('Pears');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Pears' }).waitFor();
    await main.getByRole('button', { name: 'Rename' }).click();
    await page.keyboard.type('Apples');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Apples' }).waitFor();
    const waiting = page.waitForEvent('download');
    await main.getByRole('button', { name: 'Export' }).click();
    await waiting;
    await main.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove the project' }).click();
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect(await page.getByRole('link', { name: /Apples/ }).count()).toBe(0);
  });

  it('brings in a project, or says why it cannot', async () => {
    const { page, server } = await open('#/');
    await page.getByRole('button', { name: 'Import a project' }).click();
    await page.getByRole('button', { name: 'Home', exact: true }).click();
    await page.getByRole('button', { name: /iris.csv/ }).click();
    await page.getByText('This zip holds no project of Espalier.').waitFor();
    const project = await server.studio.handlers['projects.import']({ path: 'a.zip' });
    await page.goto(`${server.url}#/projects/${project.id}`);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'From afar' }).waitFor();
  });

  it('shows what takes room, and gives it back after asking', async () => {
    const { page } = await open('#/settings');
    await page.getByRole('row', { name: /^Database .* 629 MB 120 MB/ }).waitFor();
    await page.getByLabel('Keep checkpoints of finished runs').selectOption('for 30 days');
    await page.getByRole('button', { name: 'Reclaim 1.90 GB of checkpoints' }).click();
    await page.getByText('can no longer be written in further formats').waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Reclaim' }).click();
    await page.getByText('1.90 GB given back.').waitFor();
    await page.getByRole('row', { name: /^Checkpoints .* 500 MB/ }).waitFor();
    await page.getByRole('button', { name: /^Licences of the/ }).click();
    await page.getByRole('rowheader', { name: 'vue', exact: true }).waitFor();
  });

  it('keeps the theme', async () => {
    const { page } = await open('#/settings', { context: { colorScheme: 'light' } });
    const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const light = await ground();
    await page.getByRole('group', { name: 'Theme' }).getByText('Dark').click();
    await expect.poll(ground).not.toBe(light);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(await ground()).not.toBe(light);
  });
});
