import { expect, it } from 'vitest';
import { describeRealStudio, runMs } from '../support/real-studio.ts';
import type { RealStudio } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

/** A run of some seconds, long enough to be disturbed; all of it by clicks. */
async function start(studio: RealStudio, name: string): Promise<number> {
  const { page } = studio;
  await wizard.beginNew(studio);
  await wizard.chooseNetwork(page, /^LeNet-300-100/);
  await wizard.chooseDigits(page, 1000);
  await page.getByRole('button', { name: 'Continue to method' }).click();
  await wizard.chooseMethod(page, 'One-shot magnitude pruning');
  await page.getByRole('button', { name: 'Continue to training' }).click();
  await wizard.chooseEpochs(page, { 'Dense training': 60, 'Fine-tuning': 5 });
  return (await wizard.startRun(studio, name)).id;
}
/** A longer copy of it, at work. */
async function startLonger(studio: RealStudio, like: number, name: string): Promise<number> {
  const { page } = studio;
  await wizard.clone(studio, like);
  await page.getByRole('link', { name: /^Training/ }).click();
  await wizard.chooseEpochs(page, { 'Dense training': 600 });
  const { id } = await wizard.startRun(studio, name);
  await studio.until(id, 'running');
  return id;
}
const connectionErrors =
  /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE)|WebSocket connection to/;
const refusals = /status of 401|WebSocket connection to .* 403/;

describeRealStudio('when a run is disturbed, or the program', (studio) => {
  let first = 0;
  const press = (name: string) => studio.page.getByRole('button', { name, exact: true }).click();
  const text = (words: string | RegExp) => studio.page.getByText(words).first().waitFor({ timeout: runMs });
  const outcome = () =>
    studio.page
      .getByRole('heading', { level: 2, name: /× smaller download|accura/ })
      .first()
      .waitFor({ timeout: runMs });

  it('pauses a run, goes on, survives the death of its process, and comes to the same numbers as an undisturbed one', async () => {
    const { page } = studio;
    const id = await start(studio, 'Disturbed');
    first = id;
    await press('Pause');
    await text('Nothing is lost. Resume goes on exactly where it stopped.');
    const paused = await studio.until(id, 'paused');
    expect(paused.progress?.fraction).toBeLessThan(1);
    await press('Resume');
    await studio.until(id, 'running');
    await press('Checkpoint now');
    await text('A checkpoint is written: the run can be resumed from here.');
    const engines = studio.program.engines();
    expect(engines.length).toBeGreaterThan(0);
    for (const engine of engines) process.kill(engine, 'SIGKILL');
    await text('The process of this run died');
    expect(await studio.run()).toMatchObject({ state: 'crashed', resumable: true });
    await press('Retry');
    await outcome();

    await wizard.clone(studio, id);
    await wizard.startRun(studio, 'Undisturbed');
    await outcome();
    const undisturbed = await studio.run();
    const [one, other] = await Promise.all(
      [id, undisturbed.id].map((run) => studio.ask('runs.report', { id: run })),
    );
    const numbers = (report: typeof one) =>
      [report?.dense, report?.compressed].map((side) => [side?.accuracy, side?.loss, side?.nonzero]);
    expect(numbers(one)).toEqual(numbers(other));
    // And nothing of what was measured on the way is missing or there twice.
    const steps = async (run: number) =>
      (await studio.ask('runs.metrics', { id: run }))
        .filter((point) => point.name === 'train/loss')
        .map(({ step }) => step);
    expect(await steps(id)).toEqual(await steps(undisturbed.id));
    await page.getByRole('link', { name: 'First project' }).first().waitFor();
  });

  it('has lost nothing when the program was ended and started again', async () => {
    const { page } = studio;
    const id = await startLonger(studio, first, 'Under way');
    await expect
      .poll(async () => (await studio.run()).progress?.step ?? 0, { timeout: runMs })
      .toBeGreaterThan(0);
    await studio.show('#/settings');
    await page.getByRole('group', { name: 'Theme' }).getByText('Dark').click();
    await page.locator('html[data-theme=dark]').waitFor();
    await studio.show('#/runs');
    await press('Name, tags and notes of Under way');
    await page.getByRole('textbox', { name: 'Tags', exact: true }).fill('kept');
    await page
      .getByRole('textbox', { name: 'Notes', exact: true })
      .fill('Killed once, and none the worse for it.');
    await press('Save');
    await page.getByRole('button', { name: 'Only with the tag kept' }).waitFor();
    const before = (await studio.ask('runs.query', {})).rows;

    studio.expectErrors(connectionErrors);
    await studio.restart('SIGTERM');
    await studio.enter();
    const after = (await studio.ask('runs.query', {})).rows;
    const others = (rows: typeof before) => rows.filter((run) => run.id !== id);
    expect(others(after)).toEqual(others(before));
    expect(others(after)).toHaveLength(2);
    await page.locator('html[data-theme=dark]').waitFor();
    await studio.show('#/runs');
    await page
      .getByRole('row', { name: /Under way/ })
      .getByText('Killed once, and none the worse')
      .waitFor();
    await page.getByRole('link', { name: 'Under way' }).click();
    await text('Espalier was closed while this run was at work');
    const interrupted = await studio.run();
    expect(interrupted).toMatchObject({ state: 'interrupted', resumable: true });
    await press('Resume');
    const again = await studio.until(id, 'running');
    await expect
      .poll(async () => (await studio.run()).progress?.step ?? 0, { timeout: runMs })
      .toBeGreaterThan(interrupted.progress?.step ?? Infinity);
    expect(again.id).toBe(id);
    await press('Cancel');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the run' }).click();
    await text('You cancelled this run');
  });

  it('goes on with a draft after a reload, in a new window and after the program was started again, until it is started over', async () => {
    const { page } = studio;
    await wizard.beginNew(studio);
    await studio.show('#/new/goal');
    const share = (where = page) => where.getByLabel('Weights to prune, in percent');
    await share().fill('77');
    await expect
      .poll(async () => (await studio.ask('drafts.get', null))?.recipe.budget)
      .toEqual({ sparsity: 0.77 });
    await page.reload();
    expect(await share().inputValue()).toBe('77');

    studio.expectErrors(connectionErrors);
    await studio.restart('SIGTERM');
    await studio.enter();
    await studio.reopen();
    await studio.show('#/new/goal');
    await expect.poll(() => share(studio.page).inputValue()).toBe('77');
    // Nothing was changed here yet, so that there is nothing to undo.
    expect(await studio.page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
    await wizard.beginNew(studio);
    await expect.poll(() => studio.ask('drafts.get', null)).toBeNull();
  });

  it('shows the same run in two windows, and each what the other does', async () => {
    const { page } = studio;
    const id = await startLonger(studio, first, 'Seen twice');
    const second = await studio.window();
    await second.goto(page.url());
    await second.getByRole('heading', { level: 1, name: 'Seen twice' }).waitFor();
    await second.getByRole('button', { name: 'Pause', exact: true }).click();
    await text('Nothing is lost. Resume goes on exactly where it stopped.');
    await press('Rename');
    await page.getByLabel('Name of the run').fill('Seen by both');
    await press('Save');
    await second.getByRole('heading', { level: 1, name: 'Seen by both' }).waitFor();
    await press('Resume');
    await second.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await second.getByRole('button', { name: 'Cancel', exact: true }).click();
    await second.getByRole('alertdialog').getByRole('button', { name: 'Cancel the run' }).click();
    await text('You cancelled this run');
    // A draft is of its own window.
    await second.goto(new URL('/#/new/goal', page.url()).href);
    await second.getByLabel('Weights to prune, in percent').fill('55');
    await studio.show('#/new/goal');
    expect(await page.getByLabel('Weights to prune, in percent').inputValue()).not.toBe('55');
    await second.close();
    await studio.until(id, 'cancelled');
  });

  it('says that the connection is lost when the program was killed, and catches up when it is back', async () => {
    const { page } = studio;
    const id = await startLonger(studio, first, 'Cut off');
    await press('Checkpoint now');
    await text('A checkpoint is written: the run can be resumed from here.');
    studio.expectErrors(connectionErrors);
    studio.expectErrors(refusals);
    const engines = studio.program.engines();
    await studio.end('SIGKILL');
    await text(/The connection to Espalier is lost/);
    expect(await page.getByRole('button', { name: 'Pause', exact: true }).isDisabled()).toBe(true);
    // No process goes on without the program.
    const alive = () => engines.filter((pid) => isAlive(pid));
    await expect.poll(alive, { timeout: 30_000 }).toEqual([]);

    await studio.start();
    await text(/Espalier was started anew, and does not know this page any more/);
    const second = await studio.window();
    await second.goto(studio.program.link);
    await second.getByRole('heading', { level: 1 }).waitFor();
    await text('Espalier was closed while this run was at work');
    await expect.poll(() => page.getByText('Open the new link that it printed').count()).toBe(0);
    await second.close();
    await press('Resume');
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
    await studio.until(id, 'running');
    await press('Cancel');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the run' }).click();
    await text('You cancelled this run');
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
