import { expect, it } from 'vitest';
import { describeRealStudio, runMs } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

/** Goals of whole channels, by the names on their cards, with the percent of it that is to stay. */
const goals = [
  { goal: 'Parameters', kind: 'parameters', keep: 40 },
  { goal: 'Multiply-accumulates', kind: 'macs', keep: 50 },
  { goal: 'Channels', kind: 'channels', keep: 60 },
  { goal: 'Memory', kind: 'memory', keep: 50 },
  { goal: 'File size', kind: 'bytes', keep: 30 },
] as const;

describeRealStudio('with every kind of budget', (studio) => {
  const started = new Map<string, number>();
  const press = (name: string | RegExp) => studio.page.getByRole('button', { name }).click();
  const step = (name: string) =>
    studio.page.getByRole('navigation', { name: 'Steps of the new run' }).getByRole('link', { name }).click();
  const recipe = () => studio.page.getByLabel('The recipe as YAML').inputValue();
  const reportOf = async (name: string) => {
    const id = started.get(name) ?? 0;
    await studio.show(`#/runs/${id}`);
    await studio.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: runMs });
    const report = await studio.ask('runs.report', { id });
    return new Map(report?.promises.map((promise) => [promise.kind, promise]));
  };
  /** The goal step of a copy of the first run, without what it limits. */
  const copy = async () => {
    await wizard.clone(studio, started.get('sparsity') ?? 0);
    await step('Goal');
    await studio.page.getByRole('checkbox', { name: /A floor under accuracy/ }).uncheck();
    await studio.page.getByRole('checkbox', { name: /An end/ }).uncheck();
  };

  it('chooses each in the wizard, and starts a run of it', async () => {
    const { page } = studio;
    await wizard.beginNew(studio);
    await wizard.chooseNetwork(page, /^LeNet-300-100/);
    await wizard.chooseDigits(page, 500);
    await page.getByLabel('Weights to prune, in percent').fill('70');
    // What it may cost of accuracy and of time is chosen beside what it is of.
    await page.getByRole('checkbox', { name: /A floor under accuracy/ }).check();
    await page.getByLabel('Points that may be lost at the most').fill('30');
    await page.getByRole('checkbox', { name: /An end/ }).check();
    await page.getByLabel('Minutes that the run may take').fill('60');
    await press('Continue to method');
    await wizard.chooseMethod(page, 'One-shot magnitude pruning');
    await press('Continue to training');
    await wizard.chooseEpochs(page, { 'Dense training': 3, 'Fine-tuning': 1 });
    await expect.poll(recipe).toMatch(/sparsity: 0\.7\n +accuracyDrop: 30\n +time: 3600/);
    started.set('sparsity', (await wizard.startRun(studio, 'sparsity')).id);

    for (const { goal, kind, keep } of goals) {
      await copy();
      await page.getByRole('radio', { name: new RegExp(`^${goal}`) }).click();
      await page.getByRole('spinbutton', { name: /to keep, in percent/ }).fill(String(keep));
      await step('Review');
      await expect.poll(recipe).toMatch(new RegExp(`${kind}:\\s+(kept: )?0\\.${keep / 10}\\b`));
      started.set(kind, (await wizard.startRun(studio, kind)).id);
    }
  });

  it('foretells what a budget of latency comes to on this machine, or what it cannot go below', async () => {
    const { page } = studio;
    await copy();
    await page.getByRole('radio', { name: /^Latency/ }).click();
    await page.getByRole('group', { name: 'Usual budgets' }).getByRole('button', { name: '75 %' }).click();
    await step('Review');
    await expect.poll(recipe, { timeout: 20_000 }).toMatch(/latency:\s+(?:\w+: \w+\s+)*kept: 0\.75/);
    await page.getByRole('heading', { level: 1, name: 'Ready to start' }).waitFor();
    await press('Measure the speed');
    const expected = page.getByRole('region', { name: 'What to expect' });
    // A call of so small a network is mostly the call itself: how much of it can go is this machine's.
    await expected
      .getByRole('row', { name: /^A call in onnxruntime/ })
      .or(expected.getByText(/With all that may go pruned, .* of what it had/))
      .first()
      .waitFor({ timeout: runMs });
  });

  it('refuses what no widths can meet, and says how far they can go: in the wizard, and as a run', async () => {
    const { page } = studio;
    await copy();
    await page.getByRole('radio', { name: /^Parameters/ }).click();
    await page.getByRole('spinbutton', { name: /to keep, in percent/ }).fill('0.1');
    const bound = /keeps at least 0\.\d+ % of the parameters, and the budget asks for 0\.1 %/;
    await step('Layers');
    await page.getByRole('alert').filter({ hasText: bound }).waitFor();
    await step('Review');
    await wizard.startRun(studio, 'Too small');
    const failure = page.getByRole('alert').filter({ hasText: 'This run failed' });
    await failure.waitFor({ timeout: runMs });
    expect(await failure.innerText()).toMatch(bound);
    expect(await failure.innerText()).toMatch(/Ask for more than 0\.\d+ %/);
    expect((await studio.run()).problem?.code).toBe('budget/unreachable');
  });

  it('keeps what was promised of sparsity, of accuracy and of time', async () => {
    const promises = await reportOf('sparsity');
    expect(promises.get('sparsity')?.after).toBeLessThanOrEqual(promises.get('sparsity')?.asked ?? 0);
    expect(promises.get('accuracyDrop')?.asked).toBeCloseTo(0.3, 10);
    expect(promises.get('time')?.asked).toBe(3600);
    const table = studio.page.getByRole('region', { name: 'Table of promises' });
    expect(await table.getByRole('row', { name: / kept( within 2 %)?$/ }).count()).toBe(3);
  });

  it.each(goals)('keeps what was promised of $kind', async ({ kind, keep }) => {
    const promise = (await reportOf(kind)).get(kind);
    expect((promise?.asked ?? 0) / (promise?.before ?? 1)).toBeCloseTo(keep / 100, 2);
    expect(promise?.after).toBeLessThanOrEqual((promise?.asked ?? 0) * 1.02);
    const table = studio.page.getByRole('region', { name: 'Table of promises' });
    expect(await table.getByRole('row', { name: / kept( within 2 %)?$/ }).count()).toBe(1);
  });
});
