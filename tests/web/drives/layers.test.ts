import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeRealStudio, runMs } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

describeRealStudio('with choices for single layers', (studio) => {
  const press = (name: string | RegExp) => studio.page.getByRole('button', { name }).click();
  const verdict = () => studio.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: runMs });
  const recipe = () => studio.page.getByLabel('The recipe as YAML').inputValue();

  it('prunes whole channels, and none of what was kept whole in the graph', async () => {
    const { page, folder } = studio;
    await wizard.beginWithPictures(studio, 30);
    await page.getByLabel('Where it is').fill(join(folder, 'pictures'));
    await press('Continue to goal');
    await page.getByRole('radio', { name: /^Multiply-accumulates/ }).click();
    await page.getByRole('spinbutton', { name: /to keep, in percent/ }).fill('70');
    await press('Continue to method');
    await wizard.chooseMethod(page, 'One-shot magnitude pruning');
    await page
      .getByRole('group', { name: 'Look at the layers as' })
      .getByRole('button', { name: 'Graph' })
      .click();
    await page.getByRole('application', { name: /^Graph of / }).waitFor();
    await page.getByRole('searchbox', { name: 'Find a layer in the graph' }).fill('first');
    await page
      .getByRole('status')
      .filter({ hasText: /layers? found/ })
      .waitFor();
    await page.getByRole('searchbox', { name: 'Find a layer in the graph' }).press('Enter');
    const facts = page.getByRole('region', { name: 'Facts of the chosen layer' });
    await facts.getByRole('heading', { name: 'first' }).waitFor();
    await facts.getByRole('checkbox', { name: 'Keep the group whole' }).first().check();
    await page
      .getByRole('list', { name: 'Kept whole' })
      .getByRole('button', { name: /^No longer keep / })
      .waitFor();
    await press('Continue to training');
    await page.getByLabel('Fine-tuning, epochs').fill('3');
    await press('Continue to review');
    await expect.poll(recipe).toMatch(/exclude:/);
    const run = await wizard.startRun(studio, 'Kept in the graph');
    await verdict();
    const report = await studio.ask('runs.report', { id: run.id });
    const widths = Object.fromEntries((report?.channels ?? []).map(({ total, kept }) => [total, kept]));
    expect(widths[8]).toBe(8);
    expect(widths[16]).toBeLessThan(16);
  });

  it('measures what each layer may lose, and prunes by the best shares', async () => {
    const { page } = studio;
    await wizard.beginNew(studio);
    await wizard.chooseNetwork(page, /^LeNet-300-100/);
    await wizard.chooseDigits(page, 300);
    await page.getByLabel('Weights to prune, in percent').fill('80');
    await press('Continue to method');
    await wizard.chooseMethod(page, 'One-shot magnitude pruning');
    await press('Continue to training');
    await wizard.chooseEpochs(page, { 'Dense training': 4, 'Fine-tuning': 1 });
    await page.getByRole('link', { name: /^Layers/ }).click();
    await press(/^What each layer may lose/);
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    const table = page.getByRole('region', { name: 'What each layer may lose' });
    await table.getByRole('row', { name: /fc3/ }).waitFor({ timeout: runMs });
    expect(await table.getByRole('row').count()).toBe(4);
    await press('Use the best shares');
    await page.getByRole('button', { name: 'These shares are in the recipe' }).waitFor();
    await page.getByRole('link', { name: /^Review/ }).click();
    await expect.poll(recipe).toMatch(/layers:\n +fc\d\.weight: \d/);
    const run = await wizard.startRun(studio, 'Best shares');
    await verdict();
    const report = await studio.ask('runs.report', { id: run.id });
    const shares = report?.recipe.prune.layers ?? {};
    expect(Object.keys(shares).length).toBeGreaterThan(0);
    for (const [name, share] of Object.entries(shares)) {
      const layer = report?.layers.find(({ param }) => param === name);
      expect(1 - (layer?.nonzero ?? 0) / (layer?.parameters ?? 1), name).toBeCloseTo(share, 2);
    }
    expect(report?.sparsity).toBeCloseTo(0.8, 2);
  });
});
