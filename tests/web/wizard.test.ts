import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { readableRows } from '../../main/contract/run-list.ts';
import { showAllMethods } from './support/methods.ts';
import { violations } from './support/axe.ts';
import { gate } from './support/gate.ts';
import { describeInBrowser } from './support/session.ts';

/** What has the focus: its name for people. */
const focused = (page: Page) =>
  page
    .locator(':focus')
    .evaluate(nameOf)
    .catch(() => '');
const nameOf = (element: { getAttribute(name: string): string | null; innerText?: string }) =>
  element.getAttribute('aria-label') ?? element.innerText ?? '';

/** Holds an arrow key until the choice has followed: the group moves it a little after the key went down. */
async function choose(page: Page, key: 'ArrowLeft' | 'ArrowRight', name: RegExp): Promise<void> {
  await page.keyboard.down(key);
  await page.getByRole('radio', { name, checked: true }).waitFor();
  await page.keyboard.up(key);
}

/** Presses Tab until what has the focus is called like this. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  throw new Error(`Tab never came to ${String(name)}`);
}

const recipeOf = (page: Page) => page.getByLabel('The recipe as YAML');
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

describeInBrowser('the wizard', (open) => {
  it('goes from an empty home to a finished run by keyboard alone', async () => {
    const { page } = await open('#/', { runs: [], epochMs: 60 });
    await tabTo(page, /^New run$/);
    await page.keyboard.press('Enter');
    await heading(page, 'Which network?');
    expect(await focused(page)).toBe('Which network?');

    await tabTo(page, /LeNet-300-100/);
    await choose(page, 'ArrowRight', /LeNet-5/);
    await choose(page, 'ArrowLeft', /LeNet-300-100/);
    await tabTo(page, /Continue to data/);
    await page.keyboard.press('Enter');
    await heading(page, 'Which data?');
    await tabTo(page, /Continue to goal/);
    await page.keyboard.press('Enter');
    await heading(page, 'What should get better?');
    await tabTo(page, /^Weights to prune$/);
    for (let n = 0; n < 10; n += 1) await page.keyboard.press('ArrowRight');
    await page.getByRole('row', { name: /Weights that can be pruned 266,200 13,310/ }).waitFor();
    for (const [step, title] of [
      ['method', 'How should it be pruned?'],
      ['layers', 'What goes of which layer?'],
      ['training', 'How is it trained?'],
    ] as const) {
      await tabTo(page, RegExp(`Continue to ${step}`));
      await page.keyboard.press('Enter');
      await heading(page, title);
    }
    await tabTo(page, /Continue to review/);
    await page.keyboard.press('Enter');
    await heading(page, 'Ready to start');
    await expect.poll(() => recipeOf(page).inputValue()).toContain('sparsity: 0.95');
    await tabTo(page, /Start run/);
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
    await expect.poll(() => page.title()).toMatch(/^\d+\s% .+ · .+ – Espalier$/);
    await page.getByRole('heading', { name: /× smaller download, .*accura/ }).waitFor({ timeout: 20_000 });
    await page.getByRole('link', { name: 'First project' }).first().waitFor();
  });

  it('measures what each layer may lose, and takes the best shares into the recipe', async () => {
    const { page } = await open('#/new/layers', { epochMs: 40 });
    await page.getByRole('button', { name: /What each layer may lose/ }).click();
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await page.getByRole('progressbar', { name: 'Progress of the measurement' }).waitFor();
    const rows = page.getByRole('region', { name: 'What each layer may lose' }).getByRole('row');
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(4);
    expect(await rows.nth(3).innerText()).toMatch(/fc3\.weight.*−.*±.*75\s%/s);
    await page.getByRole('button', { name: 'Use the best shares' }).click();
    await page.getByRole('button', { name: 'These shares are in the recipe' }).waitFor();
    // It stays so when the recipe with the shares has been checked, and when the step was left and come back to.
    await page.getByText('88 % of the weights pruned').waitFor();
    expect(await page.getByRole('button', { name: 'These shares are in the recipe' }).isDisabled()).toBe(
      true,
    );
    const percent = page.getByLabel('Weights to prune, in percent');
    await page.getByRole('link', { name: /Goal/ }).click();
    await percent.fill('70');
    await page.getByRole('link', { name: /Layers/ }).click();
    await page.getByRole('button', { name: /What each layer may lose/ }).click();
    await page.getByText('The budget has changed').waitFor();
    await page.getByRole('link', { name: /Goal/ }).click();
    await percent.fill('88');
    await page.getByRole('link', { name: /Layers/ }).click();
    await page.getByRole('button', { name: /What each layer may lose/ }).click();
    await page.getByRole('button', { name: 'These shares are in the recipe' }).waitFor();
    await page.getByRole('link', { name: /Review/ }).click();
    await expect.poll(() => recipeOf(page).inputValue()).toMatch(/fc1\.weight: 0\.9/);
    expect(await recipeOf(page).inputValue()).toContain('sparsity: 0.88');
  });

  it('tells how fast the network will be here, at the goal and at the review, for as long as that is of the recipe', async () => {
    const { page } = await open('#/new/goal', { epochMs: 40 });
    await page.getByRole('button', { name: 'Measure the speed' }).click();
    await page.getByRole('progressbar', { name: 'Progress of the twins' }).waitFor();
    const region = page.getByRole('region', { name: 'Will it be faster here?' });
    await region.getByText(/3\.2× faster in WebAssembly/).waitFor();
    await region.getByText(/WebAssembly gains from 62 % on; onnxruntime does not gain by zeros/).waitFor();
    await region.getByText(/C is not measured: There is no C compiler/).waitFor();
    expect(await region.getByRole('row', { name: /WebAssembly/ }).innerText()).toMatch(/3\.2× faster/);
    await page.getByRole('link', { name: /Review/ }).click();
    const all = page.getByRole('region', { name: 'What to expect' });
    await all.getByRole('row', { name: /Download \(gzip\), about/ }).waitFor();
    await all.getByRole('row', { name: /A call in WebAssembly.* 3\.2× faster/ }).waitFor();
    await all.getByRole('row', { name: /^The run takes, about 1/ }).waitFor();
    await all.getByRole('row', { name: /Memory while it trains/ }).waitFor();
    expect(await all.getByRole('button', { name: /Measure/ }).count()).toBe(0);
    await page.getByLabel('Seed').fill('7');
    await all.getByText('For what was chosen before.').waitFor();
    await all.getByRole('button', { name: 'Measure it again' }).waitFor();
  });

  it('offers the settings that the method listens to, and no others', async () => {
    const { page } = await open('#/new/method');
    await page.getByText('Change how it prunes').click();
    await page.getByLabel('Updates per epoch').waitFor();
    expect(await page.getByLabel('Rounds').count()).toBe(0);
    expect(await page.getByLabel('Rewind').count()).toBe(0);

    await page.getByLabel('Schedule').selectOption('one-shot');
    await page.getByLabel('Updates per epoch').waitFor({ state: 'detached' });
    await page.getByLabel('Schedule').selectOption('iterative');
    await page.getByLabel('Rounds').fill('3');
    // What is set is not hidden by a later choice: it is refused, and can be taken back.
    await page.getByLabel('Schedule').selectOption('one-shot');
    await page.getByText('1 thing to mend').waitFor();
    expect(await page.getByLabel('Rounds').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Rounds').fill('');
    await page.getByLabel('Rounds').waitFor({ state: 'detached' });

    await showAllMethods(page);
    await page.getByRole('radio', { name: /^Gibbs pruning/ }).click();
    await page.getByLabel('Dynamics: hamiltonian').waitFor();
    for (const name of [
      'Criterion',
      'Schedule',
      'Rounds',
      'Epochs',
      'Updates per epoch',
      'Rewind',
      'Slimming',
    ])
      expect(await page.getByLabel(name).count(), name).toBe(0);
    expect(await page.getByLabel('Control').locator('option').allInnerTexts()).not.toContain(
      'Keep the worst-scored',
    );

    await page.getByRole('radio', { name: /^RigL/ }).click();
    await page.getByLabel(/Dynamics: fraction/i).waitFor();
    expect(await page.getByLabel('Dynamics: hamiltonian').count()).toBe(0);
  });

  it('recommends methods for the network and the goal, says what each takes, and follows the goal', async () => {
    const { page } = await open('#/new/goal');
    const steps = page.getByRole('navigation', { name: 'Steps of the new run' });
    await steps.getByText('Gradual magnitude pruning').waitFor();
    // Nobody chose that method, and others are better at a time.
    await page.getByRole('radio', { name: /^Latency/ }).click();
    await steps.getByText(/Taylor/).waitFor();
    await page.getByRole('button', { name: 'Continue to method' }).click();
    const first = page.getByRole('radiogroup', { name: 'Recommended methods' });
    await first.getByRole('radio', { name: /Taylor.*removing a channel/, checked: true }).waitFor();
    await first
      .getByText(/\d trainings?, \d+ epochs? in all/)
      .first()
      .waitFor();
    await showAllMethods(page);
    const gibbs = page.getByRole('radio', { name: /^Gibbs pruning.*Not for this goal/ });
    await gibbs.waitFor();
    expect(await gibbs.isDisabled()).toBe(true);
    await page.getByLabel('Find a method').fill('lecun 1990');
    await page.getByRole('radio', { name: /^Optimal brain damage/ }).waitFor();
    expect(await page.getByRole('radiogroup', { name: 'Other methods' }).getByRole('radio').count()).toBe(1);
  });

  it('tells before the start which layers a budget would empty', async () => {
    const { page } = await open('#/new/layers');
    const forecast = page.getByRole('region', { name: 'What would be left of the layers' });
    await forecast.getByText('No layer would be emptied').waitFor();
    await forecast.getByText('from the weights as they are now').waitFor();

    await page.getByRole('link', { name: /Method/ }).click();
    await showAllMethods(page);
    await page.getByRole('radio', { name: /^SynFlow/ }).click();
    await page.getByText('Change how it prunes').click();
    await page.getByLabel('Schedule').selectOption('one-shot');
    await page.getByRole('link', { name: /Goal/ }).click();
    await page.getByRole('button', { name: '98 %' }).click();
    await page.getByRole('link', { name: /Layers/ }).click();
    await forecast
      .getByText('Nothing would be left of fc1.weight; protection keeps the best weight')
      .waitFor();
    await forecast.getByText('it will prune just so').waitFor();
    await forecast.getByText('Layer by layer').click();
    await forecast.getByRole('row', { name: /fc1\.weight .* 1 of 235,200/ }).waitFor();
  });

  it('marks the forecast as that of the choice before as soon as a change is made, and no longer than that', async () => {
    const check = gate();
    let held = false;
    const { page, server } = await open('#/new/layers');
    const { handlers } = server.studio;
    const own = handlers['recipes.check'];
    handlers['recipes.check'] = async (args) => {
      if (held) await check.opened;
      return own(args);
    };
    const forecast = page.getByRole('region', { name: 'What would be left of the layers' });
    const old = forecast.getByText('For what was chosen before; the new forecast is on its way.');
    await forecast.getByText('No layer would be emptied').waitFor();
    await old.waitFor({ state: 'detached' });
    held = true;
    await page.getByLabel('Keep fc1 whole').check();
    await old.waitFor();
    // The change is still being checked: no forecast of it has been asked for.
    await page.waitForTimeout(1_500);
    expect(await old.count()).toBe(1);
    check.open();
    await old.waitFor({ state: 'detached' });
    await forecast.getByText('No layer would be emptied').waitFor();
  });

  it('says at the method that none comes to the goal, where too much of the network was kept whole', async () => {
    const { page } = await open('#/new/goal');
    await page.getByRole('radio', { name: /^Multiply-accumulates/ }).click();
    await page.getByRole('link', { name: /Method/ }).click();
    const none = page.getByRole('heading', { name: 'No method meets this goal with this network' });
    await page
      .getByRole('radio', { name: /Taylor/ })
      .first()
      .waitFor();
    expect(await none.count()).toBe(0);
    await page.getByRole('link', { name: /Layers/ }).click();
    for (const layer of ['fc1', 'fc2']) await page.getByLabel(`Keep ${layer} whole`).check();
    await page.getByRole('link', { name: /Method/ }).click();
    await none.waitFor();
    await page
      .getByText(/keeps at least 100.% of the MACs/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('can be left and resumed, even after the page is loaded again', async () => {
    const { page } = await open('#/new/goal');
    await page.getByRole('button', { name: '80 %' }).click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await heading(page, 'Settings');
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'New run' }).click();
    await page.getByRole('link', { name: /Goal/ }).click();
    expect(await page.getByLabel('Weights to prune, in percent').inputValue()).toBe('80');
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Start over' }).click();
    await heading(page, 'Which network?');
    await page.getByRole('link', { name: /Goal/ }).click();
    expect(await page.getByLabel('Weights to prune, in percent').inputValue()).toBe('90');
  });

  it('takes back what was changed before the page was loaded again', async () => {
    const { page } = await open('#/new/goal');
    const percent = page.getByLabel('Weights to prune, in percent');
    await page.getByRole('button', { name: '80 %' }).click();
    await page.getByRole('radio', { name: /^Multiply-accumulates/ }).click();
    await page.keyboard.press('Control+z');
    await expect.poll(() => percent.inputValue()).toBe('80');
    await page.reload();
    await percent.waitFor();
    expect(await percent.inputValue()).toBe('80');
    await page.getByRole('button', { name: 'Redo the change' }).click();
    await page.getByRole('radio', { name: /^Multiply-accumulates/, checked: true }).waitFor();
    await page.getByRole('button', { name: 'Undo the last change' }).click();
    await page.getByRole('button', { name: 'Undo the last change' }).click();
    await expect.poll(() => percent.inputValue()).toBe('90');
    expect(await page.getByRole('button', { name: 'Undo the last change' }).isDisabled()).toBe(true);
  });

  it('takes changes back and makes them again, over steps, but leaves fields of text their own undoing', async () => {
    const { page } = await open('#/new/goal');
    const percent = page.getByLabel('Weights to prune, in percent');
    await page.getByRole('button', { name: '80 %' }).click();
    await page.getByRole('radio', { name: /^Multiply-accumulates/ }).click();
    await page.getByRole('link', { name: /Review/ }).click();
    await page.keyboard.press('Control+z');
    await page.getByRole('link', { name: /Goal/ }).click();
    // The kind of budget came with whole channels: both go back at once.
    expect(await percent.inputValue()).toBe('80');
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => percent.inputValue()).toBe('90');
    expect(await page.getByRole('button', { name: 'Undo the last change' }).isDisabled()).toBe(true);
    await page.keyboard.press('Control+Shift+Z');
    await expect.poll(() => percent.inputValue()).toBe('80');
    await page.getByRole('button', { name: 'Redo the change' }).click();
    await page.getByRole('radio', { name: /^Multiply-accumulates/, checked: true }).waitFor();
    await page.getByRole('link', { name: /Review/ }).click();
    const name = page.getByLabel('Name of the run');
    await name.fill('Mine');
    await name.press('Control+z');
    await page.getByRole('link', { name: /Goal/ }).click();
    await page.getByRole('radio', { name: /^Multiply-accumulates/, checked: true }).waitFor();
  });

  it('has the recipe beside every step: what is written there is in the form, what is wrong is told at its line', async () => {
    const { page } = await open('#/new/goal');
    await page.getByRole('button', { name: 'Recipe', exact: true }).click();
    const text = await recipeOf(page).inputValue();
    await recipeOf(page).fill(text.replace('sparsity: 0.9', 'sparsity: 0.75'));
    const percent = page.getByLabel('Weights to prune, in percent');
    await expect.poll(() => percent.inputValue()).toBe('75');
    await percent.fill('60');
    await expect.poll(() => recipeOf(page).inputValue()).toBe(text.replace('sparsity: 0.9', 'sparsity: 0.6'));

    await recipeOf(page).fill(text.replace('seed: 1', 'seed: -1'));
    await page.getByText(/seed This is -1; it must be at least 0/).waitFor();
    await page.getByRole('button', { name: /^Line \d/ }).click();
    const chosen = await recipeOf(page).evaluate((area) => {
      const { value, selectionStart, selectionEnd } = area as unknown as Record<string, string & number>;
      return String(value).slice(selectionStart, selectionEnd);
    });
    expect(chosen).toBe('seed: -1');
    // What is not valid stays as it was written, over the steps, and nothing is started meanwhile.
    await page.getByRole('link', { name: /Review/ }).click();
    await heading(page, 'Not ready yet');
    expect(await recipeOf(page).inputValue()).toContain('seed: -1');
    expect(await page.getByRole('button', { name: 'Start run' }).isDisabled()).toBe(true);
    expect(await page.getByLabel('Seed').inputValue()).toBe('1');

    await recipeOf(page).fill('network: lenet-5-caffe\ndata: digits\nparadigm: snip\nbudget: 0.98');
    await heading(page, 'Ready to start');
    await page.getByRole('link', { name: /Network LeNet-5/ }).click();
    await page.keyboard.press('Control+z');
    await page.getByRole('link', { name: /Network LeNet-300-100/ }).waitFor();
  });

  it('shows a mistake at its field, at its step and in the review, and does not start', async () => {
    const { page } = await open('#/new/training');
    const epochs = page.getByLabel('Dense training, epochs');
    await epochs.fill('-3');
    await page.getByText('1 thing to mend').waitFor();
    expect(await epochs.getAttribute('aria-invalid')).toBe('true');
    const message = await epochs.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${message ?? ''}"]`).innerText()).toContain('at least 0');
    await page.getByRole('link', { name: /Review/ }).click();
    await heading(page, 'Not ready yet');
    expect(await page.getByRole('button', { name: 'Start run' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Mend it in Training' }).click();
    await epochs.fill('3');
    await page.getByText('1 thing to mend').waitFor({ state: 'detached' });
  });

  it('keeps the options of a kind of data while another is tried', async () => {
    const { page } = await open('#/new/data');
    await page.getByRole('radio', { name: /Table/ }).click();
    await page.getByRole('button', { name: 'Browse…' }).click();
    await page.getByRole('button', { name: 'Home' }).click();
    await page.getByRole('button', { name: /iris\.csv/ }).click();
    expect(await page.getByLabel('Where it is').inputValue()).toBe('/home/ada/iris.csv');
    await page.getByText('Could not load the data').waitFor();
    await page.getByRole('radio', { name: /Built-in digits/ }).click();
    await page.getByText('10 classes, training samples of each').waitFor();
    await page.getByRole('radio', { name: /Table/ }).click();
    expect(await page.getByLabel('Where it is').inputValue()).toBe('/home/ada/iris.csv');
  });

  it('starts free baselines behind the run, for the same network, data and seed', async () => {
    const { page, server } = await open('#/new/review', { runs: [] });
    await page.getByLabel('Name of the run').fill('Mine');
    await page.getByLabel(/^Random mask/).check();
    await page.getByLabel(/^Dense, trained longer/).check();
    await page.getByRole('button', { name: 'Start run' }).click();
    await heading(page, 'Mine');
    const rows = readableRows(await server.studio.handlers['runs.query']({})).sort((a, b) => a.id - b.id);
    const runs = await Promise.all(rows.map(async ({ id }) => server.studio.handlers['runs.get']({ id })));
    expect(runs.map(({ name, state }) => [name, state])).toEqual([
      ['Mine', 'running'],
      ['Mine: Baseline: random mask', 'queued'],
      ['Mine: Baseline: dense, trained longer', 'queued'],
    ]);
    expect(runs.map(({ recipe }) => recipe.budget.sparsity)).toEqual([0.9, 0.9, 0]);
    expect(new Set(runs.map(({ recipe }) => recipe.seed)).size).toBe(1);
  });

  it('queues a second run while one is at work', async () => {
    const { page } = await open('#/new/review');
    await page.getByLabel('Name of the run').fill('Second in line');
    await page.getByRole('button', { name: 'Start run' }).click();
    await heading(page, 'Second in line');
    await page.getByText('Waiting its turn').waitFor();
  });
});
