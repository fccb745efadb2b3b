import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ExportedGraph } from '../engine/formats/exported/graph.ts';
import { temporaryFolder } from '../support/folder.ts';
import { showAllMethods } from './support/methods.ts';
import { describeInBrowser } from './support/session.ts';
import { runError } from '../../main/contract/errors.ts';
import { gate } from './support/gate.ts';
import { violations } from './support/axe.ts';

const folder = temporaryFolder();
const written = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** A network without batch norm that takes colour images and tells ten classes apart. */
function colourModel(): Uint8Array {
  const g = new ExportedGraph([1, 3, 32, 32]);
  const features = g.op('Flatten', [g.x], { axis: 1 });
  g.op('Gemm', [features, g.weight([3 * 32 * 32, 10])]);
  return g.finish();
}

/** Two outputs for grey images: scores of ten classes, and of five. */
function twoHeads(): Uint8Array {
  const g = new ExportedGraph([1, 1, 28, 28]);
  const features = g.op('Flatten', [g.x], { axis: 1 });
  const head = (classes: number) => g.op('Gemm', [features, g.weight([28 * 28, classes])]);
  return g.finish([head(5), head(10)]);
}

const network = (page: Page) => page.getByRole('region', { name: 'Layers of the network' });
const step = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Steps of the new run' }).getByRole('link', { name });
const start = (page: Page) => page.getByRole('button', { name: 'Start run' });

/** What is told in red; the place of notices is always there, and empty. */
const alertOf = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ });

async function chooseFile(page: Page, path: string): Promise<void> {
  await page.getByRole('radio', { name: /^A model file/ }).click();
  await page.getByLabel('Model file').fill(path);
}

describeInBrowser('what the wizard tries before the start', (open) => {
  it('shows a network of a file by itself, and says on the data step that the data are others', async () => {
    const { page } = await open('#/new');
    await chooseFile(page, written('colour.onnx', colourModel()));
    await network(page).getByText('3 × 32 × 32', { exact: true }).waitFor();
    await network(page)
      .getByRole('row', { name: /Dense 10 30,720/ })
      .waitFor();
    await page.waitForTimeout(1500);
    expect(await alertOf(page).count()).toBe(0);
    expect(await page.getByText('to mend').count()).toBe(0);

    await page.getByRole('button', { name: 'Continue to data' }).click();
    await page.getByText('Your network takes samples of 3 × 32 × 32.').waitFor();
    const alert = alertOf(page);
    await alert.getByRole('heading', { name: 'The network and these data do not go together' }).waitFor();
    await step(page, /Data 1 thing to mend/).waitFor();
    await step(page, /Review/).click();
    await page.getByRole('heading', { level: 1, name: 'Not ready yet' }).waitFor();
    await page.getByRole('link', { name: 'Mend it in Data' }).waitFor();
    expect(await start(page).isDisabled()).toBe(true);

    await step(page, /Network/).click();
    await network(page).waitFor();
    expect(await alertOf(page).count()).toBe(0);
  });

  it('does not start with a network or data that cannot be read, and says where to mend it', async () => {
    const { page } = await open('#/new');
    await chooseFile(page, folder);
    await page.getByRole('heading', { name: 'Could not load the network' }).waitFor();
    await step(page, /Network 1 thing to mend/).waitFor();
    await step(page, /Review/).click();
    await page.getByRole('link', { name: 'Mend it in Network' }).waitFor();
    expect(await start(page).isDisabled()).toBe(true);

    await page.getByRole('link', { name: 'Mend it in Network' }).click();
    await page.getByRole('radio', { name: /^LeNet-300-100/ }).click();
    await step(page, /Data/).click();
    await page.getByRole('radio', { name: /^Table/ }).click();
    await page.getByLabel('Where it is').fill(join(folder, 'absent.csv'));
    await page.getByRole('heading', { name: 'Could not load the data' }).waitFor();
    await step(page, /Data 1 thing to mend/).waitFor();
    await step(page, /Review/).click();
    await page.getByRole('link', { name: 'Mend it in Data' }).waitFor();
    expect(await start(page).isDisabled()).toBe(true);

    await page.getByRole('link', { name: 'Mend it in Data' }).click();
    await page.getByRole('radio', { name: /^Built-in digits/ }).click();
    await step(page, /Review/).click();
    await page.getByRole('heading', { level: 1, name: 'Ready to start' }).waitFor();
    await page.locator('button:enabled', { hasText: 'Start run' }).waitFor();
  });

  it('greys methods that cannot prune the network, and does not start with one', async () => {
    const { page } = await open('#/new/method');
    await showAllMethods(page);
    const card = page.getByRole('radio', { name: /^Batch-norm scale pruning/ });
    await card.getByText('has no batch norms of channels that may leave to read importance from').waitFor();
    expect(await card.isDisabled()).toBe(true);
    expect(await page.getByRole('radio', { name: /^SNIP/ }).isEnabled()).toBe(true);

    await step(page, /Network/).click();
    await page.getByRole('radio', { name: /^VGG/ }).click();
    await step(page, /Method/).click();
    await showAllMethods(page);
    await card.click();
    await step(page, /Network/).click();
    await page.getByRole('radio', { name: /^LeNet-300-100/ }).click();
    await step(page, /Method 1 thing to mend/).waitFor();
    await step(page, /Review/).click();
    await page.getByText('has no batch norms of channels that may leave to read importance from').waitFor();
    expect(await start(page).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Mend it in Method' }).click();
    await page.getByRole('radio', { name: /^SNIP/ }).click();
    await page.getByText('to mend').waitFor({ state: 'detached' });
  });

  it('says what was read of a table', async () => {
    const { page } = await open('#/new/data');
    // Of digits that the program draws, nothing was read: there is no heading over nothing.
    await page.getByText('10 classes, training samples of each').waitFor();
    expect(await page.getByText('What was read').count()).toBe(0);
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 2 ? 'red' : 'blue'},${i % 3 ? 'a' : 'b'}`);
    await page.getByRole('radio', { name: /^Table/ }).click();
    await page
      .getByLabel('Where it is')
      .fill(written('table.csv', ['size,colour,label', ...rows].join('\n')));
    const read = page.getByRole('region', { name: 'What was read' });
    await read.getByText('the label, 2 classes').waitFor();
    await read.getByText('2 categories, 2 features').waitFor();
    expect(await read.getByText('Column size').count()).toBe(1);
  });

  it('lets one of several outputs of a file be chosen', async () => {
    const { page } = await open('#/new');
    await chooseFile(page, written('heads.onnx', twoHeads()));
    const output = network(page).getByLabel('Output');
    await output.waitFor();
    expect(await output.locator('option').allInnerTexts()).toEqual([
      'The one that fits the data',
      expect.stringMatching(/· 5$/),
      expect.stringMatching(/· 10$/),
    ]);
    await output.selectOption({ index: 1 });
    await step(page, /Data/).click();
    await page.getByRole('heading', { name: 'The network and these data do not go together' }).waitFor();
    await step(page, /Network/).click();
    await output.selectOption({ index: 2 });
    await output.locator('option', { hasText: '10 · used' }).waitFor({ state: 'attached' });
    await page.getByText('to mend').waitFor({ state: 'detached' });
  });

  it('finds a file by keys alone: arrows, first letters, and Backspace to the folder above', async () => {
    const { page } = await open('#/new/data');
    await page.getByRole('radio', { name: /^Table/ }).click();
    await page.getByRole('button', { name: 'Browse…' }).click();
    const focused = (name: string) =>
      expect
        .poll(() => page.locator(':focus').evaluate((entry: { innerText: string }) => entry.innerText))
        .toContain(name);
    const press = (key: string) => page.keyboard.press(key);
    await focused('Home');
    await press('Enter');
    await focused('Up');
    await press('End');
    await focused('iris.csv');
    await press('ArrowUp');
    await focused('orchard photos');
    for (const letter of 'fas') await press(letter);
    await focused('fashion-mnist');
    await press('Enter');
    await focused('Up');
    await press('Backspace');
    await focused('fashion-mnist');
    await press('i');
    await focused('iris.csv');
    expect(await violations(page)).toEqual([]);
    await press('Enter');
    expect(await page.getByLabel('Where it is').inputValue()).toBe('/home/ada/iris.csv');
  });

  it('lets go of data that take long to be read, first and again, and reads them when it is asked to', async () => {
    let held = gate();
    let wanted = 0;
    const { page } = await open('#/new/data', {
      before: ({ studio: { handlers } }) => {
        const [own, giveUp] = [handlers['data.inspect'], handlers['recipes.giveUp']];
        let stopped = Promise.withResolvers<never>();
        handlers['data.inspect'] = async (args) => {
          wanted += 1;
          stopped = Promise.withResolvers<never>();
          await Promise.race([held.opened, stopped.promise]);
          return own(args);
        };
        handlers['recipes.giveUp'] = (args) => {
          if (args.asker.startsWith('data'))
            stopped.reject(runError('query/given-up', 'This was stopped before it was done.'));
          return giveUp(args);
        };
      },
    });
    const preview = page.getByRole('region', { name: 'Preview of the data' });
    const stopped = page.getByText('Stopped before the data could be shown.');
    // It is offered once the answer takes long, and not before.
    const cancel = page.getByRole('button', { name: 'Cancel', exact: true });
    await page.getByText('Loading the data').waitFor({ state: 'attached' });
    expect(await cancel.isVisible()).toBe(false);
    await cancel.click();
    await stopped.waitFor();
    expect(await violations(page)).toEqual([]);
    held.open();
    await page.getByRole('button', { name: 'Try again' }).click();
    await preview.getByText('10 classes').waitFor();
    expect(wanted).toBe(2);

    held = gate();
    await page.getByText('More options').click();
    await page.getByLabel('Training samples').fill('300');
    await preview.getByText('this is the choice before').waitFor();
    await cancel.click();
    await stopped.waitFor();
    held.open();
    await page.getByRole('button', { name: 'Try again' }).click();
    await preview.getByText('300 samples').waitFor();
  });
});
