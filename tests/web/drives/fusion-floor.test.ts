import { expect, it } from 'vitest';
import { describeRealStudio, runMs } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

describeRealStudio('with layers fused as far as a floor under accuracy lets them', (studio) => {
  const press = (name: string | RegExp) => studio.page.getByRole('button', { name }).click();
  let started = 0;
  const recipe = () => studio.page.getByLabel('The recipe as YAML').inputValue();

  it('says no more in the wizard than what may be lost, and shows in the report what that came to', async () => {
    const { page } = studio;
    await wizard.beginNew(studio);
    await wizard.chooseNetwork(page, /^LeNet-300-100/);
    await wizard.chooseDigits(page, 400);
    await page.getByRole('checkbox', { name: /A floor under accuracy/ }).check();
    await page.getByLabel('Points that may be lost at the most').fill('50');
    await page.getByRole('checkbox', { name: /No amount besides/ }).check();
    await expect.poll(() => page.getByRole('radio', { name: /^Multiply-accumulates/ }).count()).toBe(0);
    await press('Continue to method');
    await wizard.chooseMethod(page, 'Layer fusion (FuseInit)');
    await press('Continue to training');
    await wizard.chooseEpochs(page, { 'Dense training': 3, 'Fine-tuning': 1 });
    await expect.poll(recipe).toMatch(/budget:\n +accuracyDrop: 50\n/);
    const { id } = await wizard.startRun(studio, 'As many layers as hold');
    started = id;
    await studio.show(`#/runs/${id}`);
    await page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: runMs });
    const report = await studio.ask('runs.report', { id });
    // Half of all answers may be lost: both fusions hold that.
    expect(report?.fusions).toHaveLength(2);
    expect(report?.promises.map(({ kind }) => kind)).toEqual(['accuracyDrop']);
    const table = page.getByRole('region', { name: 'Table of promises' });
    expect(await table.getByRole('row', { name: /^Lost on validation .* kept$/ }).count()).toBe(1);
    await page
      .getByText(/With 2 fusions, which leave 1 layer, .* on validation\./)
      .first()
      .waitFor();
  });

  it('asks for layers again where an amount is wanted besides', async () => {
    const { page } = studio;
    await wizard.clone(studio, started);
    await page
      .getByRole('navigation', { name: 'Steps of the new run' })
      .getByRole('link', { name: 'Goal' })
      .click();
    expect(await page.getByRole('checkbox', { name: /No amount besides/ }).isChecked()).toBe(true);
    await page.getByRole('checkbox', { name: /No amount besides/ }).uncheck();
    await page.getByRole('radio', { name: /^Layers/ }).waitFor();
    expect(await page.getByRole('radio', { name: /^Layers/ }).isChecked()).toBe(true);
  });
});
