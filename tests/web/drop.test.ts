import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './support/session.ts';

/** Lets files, by name and content, be held over the window, and dropped. */
const drag = (page: Page, event: 'dragover' | 'drop', files: Readonly<Record<string, string>>) =>
  page.evaluate(
    `(() => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of Object.entries(${JSON.stringify(files)})) dataTransfer.items.add(new File([text], name));
      const event = new DragEvent('${event}', { dataTransfer, bubbles: true, cancelable: true });
      return !document.querySelector('main').dispatchEvent(event);
    })()`,
  );

/** Picks the one file of the fixture's list. */
async function pick(page: Page, title: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByRole('button', { name: 'Home' }).click();
  await dialog.getByRole('button', { name: 'iris.csv' }).click();
}

describeInBrowser('files that are dropped on the window', (open, shell) => {
  const recipe = 'network: lenet-300-100\ndata: digits\nparadigm: magnitude-gradual\nbudget: 0.72\n';

  it('are held over a word on what will happen, and a recipe becomes the draft', async () => {
    const { page } = await open('#/settings');
    expect(await drag(page, 'dragover', { 'r.yaml': recipe })).toBe(true);
    await page.getByText('opens as a draft, ready to start').waitFor();
    await page.getByText('becomes the network of a new run').waitFor();
    expect(await drag(page, 'drop', { 'r.yaml': recipe })).toBe(true);
    await page.getByText('Drop it here').waitFor({ state: 'detached' });
    await page.getByText('r.yaml is the draft now').waitFor();
    await page.getByRole('heading', { level: 1, name: /Ready to start|Not ready yet/ }).waitFor();
    expect(await page.getByLabel('The recipe as YAML').inputValue()).toContain('sparsity: 0.72');
  });

  it('imports an exported project after saying what that means', async () => {
    const { page } = await open('#/');
    const name = 'Apples.espalier-project.zip';
    await drag(page, 'dragover', { [name]: 'x' });
    await page.getByText('is imported as a new project, with its runs and sweeps').waitFor();
    await drag(page, 'drop', { [name]: 'x' });
    if (shell === 'browser') return page.getByRole('dialog', { name: `Where is ${name}?` }).waitFor();
    const asked = page.getByRole('alertdialog', { name: `Import ${name}?` });
    await asked.getByText('become a new project beside yours').waitFor();
    await asked.getByRole('button', { name: 'Leave it' }).click();
    await asked.waitFor({ state: 'detached' });
    await drag(page, 'drop', { [name]: 'x' });
    await asked.getByRole('button', { name: 'Import the project' }).click();
    await page.getByRole('heading', { level: 1, name: 'From afar' }).waitFor();
  });

  it('tells what is wrong with a recipe where it can be mended', async () => {
    const { page } = await open('#/');
    await drag(page, 'drop', { 'r.yaml': recipe.replace('paradigm', 'paradime') });
    await page.getByText('r.yaml has something to mend').waitFor();
    expect(await page.getByLabel('The recipe as YAML').inputValue()).toContain('paradime');
    await page.getByRole('heading', { level: 1, name: 'Not ready yet' }).waitFor();
  });

  it('brings a model to the draft, by its path where the page sees it, and else by the list of files', async () => {
    const { page } = await open('#/new/goal');
    await drag(page, 'drop', { 'net.onnx': 'x', 'net.onnx.data': 'y' });
    if (shell === 'browser') {
      const dialog = page.getByRole('dialog', { name: 'Where is net.onnx?' });
      await dialog.getByText('A browser does not tell').waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      // What is dropped together is found one after the other.
      await drag(page, 'drop', { 'net.onnx': 'x', 'table.csv': 'y' });
      await pick(page, 'Where is net.onnx?');
      await pick(page, 'Where is table.csv?');
      await page.getByRole('heading', { level: 1, name: 'Which data?' }).waitFor();
      expect(await page.getByLabel('Where it is').inputValue()).toBe('/home/ada/iris.csv');
      await page.getByRole('link', { name: /Network/ }).click();
      expect(await page.getByLabel('Model file').inputValue()).toBe('/home/ada/iris.csv');
      return;
    }
    await page.getByRole('heading', { level: 1, name: 'Which network?' }).waitFor();
    expect(await page.getByLabel('Model file').inputValue()).toBe('/home/ada/net.onnx');
  });

  it('says why something is not taken', async () => {
    const { page } = await open('#/');
    await drag(page, 'drop', { 'net.pt': 'x' });
    const alert = page.getByRole('alert').filter({ hasText: 'Python objects' });
    await alert.getByText('torch.onnx.export').waitFor();
  });
});
