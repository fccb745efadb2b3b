import { expect, it } from 'vitest';
import { formatCount, formatPercent } from '../../../main/words/format.ts';
import { describeRealStudio, runMs } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

describeRealStudio('with many runs at once', (studio) => {
  const press = (name: string | RegExp) => studio.page.getByRole('button', { name }).click();
  const region = (name: string) => studio.page.getByRole('region', { name });

  it('does a sweep of the draft, and tells what came of it over the seeds', async () => {
    const { page } = studio;
    await wizard.beginNew(studio);
    await wizard.chooseNetwork(page, /^LeNet-300-100/);
    await wizard.chooseDigits(page, 300);
    await press('Continue to method');
    await wizard.chooseMethod(page, 'One-shot magnitude pruning');
    await press('Continue to training');
    await wizard.chooseEpochs(page, { 'Dense training': 2, 'Fine-tuning': 1 });
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sweeps' }).click();
    await page.getByRole('link', { name: 'New sweep' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Two budgets');
    await page.getByLabel('Sparsities, in percent').fill('50, 90');
    await page.getByLabel('Seeds').fill('1, 2');
    await press('Start 4 runs');
    await page.getByRole('heading', { level: 1, name: 'Two budgets' }).waitFor();
    await page.getByRole('progressbar', { name: 'Progress of the sweep Two budgets' }).waitFor();
    await page.getByText('4 of 4 runs finished').waitFor({ timeout: runMs });
    const row = region('Test accuracy by series and budget').getByRole('row', {
      name: /^One-shot magnitude pruning/,
    });
    await expect.poll(() => row.getByRole('cell', { name: /±.*\(2\)/ }).count()).toBe(2);
    await region('Chart of the sweep').getByRole('img').waitFor();
  });

  it('lays two of its runs beside each other: figures, pictures, and which weights both keep', async () => {
    const { page } = studio;
    const ticks = page.getByRole('checkbox', { name: /^Tick / });
    await expect.poll(() => ticks.count()).toBe(4);
    await ticks.nth(0).check();
    await ticks.nth(3).check();
    await region('Ticked runs').getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    const ids = /runs=(\d+),(\d+)/.exec(decodeURIComponent(page.url()))?.slice(1).map(Number) ?? [];
    expect(ids).toHaveLength(2);
    const reports = await Promise.all(ids.map((id) => studio.ask('runs.report', { id })));
    const figures = region('Comparison of runs');
    for (const report of reports) {
      const accuracy = formatPercent(report?.compressed.accuracy ?? 0);
      await figures.getByRole('cell', { name: accuracy }).first().waitFor();
    }
    await region('In pictures').getByRole('img').first().waitFor();
    const overlap = region('Overlap of the masks').getByRole('row', { name: /^fc1/ });
    await overlap.waitFor();
    const kept = reports.map((report) => report?.layers.find(({ name }) => name === 'fc1')?.nonzero ?? 0);
    for (const number of kept)
      await overlap
        .getByRole('cell', { name: formatCount(number), exact: true })
        .first()
        .waitFor();
  });
});
