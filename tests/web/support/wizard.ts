import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { RunSummary } from '../../../main/contract/api.ts';
import { showAllMethods } from './methods.ts';
import { writeOnnx, writePictures } from './own-files.ts';
import type { RealStudio } from './real-studio.ts';

/** What a person does in the wizard, step by step; every function leaves the page at the step after. */

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name }).waitFor();

/** Goes to the wizard's first step, with nothing chosen yet. */
export async function beginNew(studio: RealStudio): Promise<void> {
  const { page } = studio;
  await studio.show('#/new/network');
  await heading(page, 'Which network?');
  // Parts of a screen come one after the other: the button comes with this one, where there is something to start over.
  await page.getByRole('button', { name: 'Recipe', exact: true }).waitFor();
  const over = page.getByRole('button', { name: 'Start over' });
  if ((await over.count()) === 0) return;
  await over.click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Start over' }).click();
  await over.waitFor({ state: 'detached' });
}

/** One of the papers' networks. */
export async function chooseNetwork(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('radio', { name }).click();
  await press(page, 'Continue to data');
}

/** A model file, by its path. */
export async function chooseModelFile(page: Page, path: string): Promise<void> {
  await page.getByRole('radio', { name: /^A model file/ }).click();
  await page.getByLabel('Model file').fill(path);
  await page.getByRole('region', { name: 'Layers of the network' }).waitFor();
  await press(page, 'Continue to data');
}

/** The built-in digits, so many of them. */
export async function chooseDigits(page: Page, train: number, others = 100): Promise<void> {
  await page.getByRole('radio', { name: /^Built-in digits/ }).click();
  await press(page, /^More options/);
  await page.getByLabel('Training samples').fill(String(train));
  await page.getByLabel('Validation samples').fill(String(others));
  await page.getByLabel('Test samples').fill(String(others));
  await press(page, 'Continue to goal');
}

/** A method by its name, whether it is recommended or not; the page stays at the step. */
export async function showMethod(page: Page, name: string): Promise<void> {
  await heading(page, 'How should it be pruned?');
  await showAllMethods(page);
  await page.getByRole('radio', { name: new RegExp(`^${name.replace(/[()]/g, '\\$&')}`) }).click();
  await page.getByRole('heading', { level: 2, name }).waitFor();
}

/** The same, and on to the layers. */
export async function chooseMethod(page: Page, name: string): Promise<void> {
  await showMethod(page, name);
  await press(page, 'Continue to layers');
}

/** Epochs of the stages by their names: 'Dense training', 'Fine-tuning'. */
export async function chooseEpochs(page: Page, epochs: Readonly<Record<string, number>>): Promise<void> {
  for (const [stage, number] of Object.entries(epochs))
    await page.getByLabel(`${stage}, epochs`).fill(String(number));
  await press(page, 'Continue to review');
}

/** Trains a network that came with weights by chance: it needs more than what goes on with trained ones. */
export async function trainAgain(page: Page): Promise<void> {
  await page.getByText('Your network comes trained').waitFor();
  await page.getByRole('checkbox', { name: /Train it again before pruning/ }).check();
  await press(page, /^Settings of training again/);
  await page.getByLabel('Batch size').fill('16');
  await page.getByLabel('Learning rate').fill('0.05');
  await chooseEpochs(page, { 'Training again': 30, 'Fine-tuning': 10 });
}

/** Names the run and starts it; settles when the page shows it. */
export async function startRun(studio: RealStudio, name: string): Promise<RunSummary> {
  const { page } = studio;
  await heading(page, 'Ready to start');
  await page.getByLabel('Name of the run').fill(name);
  await press(page, 'Start run');
  await heading(page, name);
  return studio.run();
}

/** Goes to the review of a copy of a run. */
export async function clone(studio: RealStudio, id: number): Promise<void> {
  const { page } = studio;
  await studio.show(`#/runs/${id}`);
  await press(page, 'Clone with changes');
  await page.getByRole('textbox', { name: 'Name of the run' }).waitFor();
}

/** Begins a new run of an own ONNX file, and chooses images in folders on the data step. @param pictures of every class */
export async function beginWithPictures(studio: RealStudio, pictures: number): Promise<void> {
  const { page, folder } = studio;
  await writePictures(join(folder, 'pictures'), pictures);
  await writeOnnx(join(folder, 'own.onnx'));
  await beginNew(studio);
  await chooseModelFile(page, join(folder, 'own.onnx'));
  await page.getByRole('radio', { name: /^Image folders/ }).click();
}
