import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { runError } from '../../main/contract/errors.ts';
import { renderReport } from '../../main/engine/report/html.ts';
import { violations } from './support/axe.ts';
import { progressAt } from './support/fixture-measurements.ts';
import { reportOf } from './support/fixture-report.ts';
import { everyState, makeRun } from './support/fixture-runs.ts';
import { describeInBrowser } from './support/session.ts';

const states = [
  { state: 'queued', word: 'Queued', says: 'Waiting its turn', buttons: ['Cancel', 'Clone with changes'] },
  {
    state: 'preparing',
    word: 'Preparing',
    says: 'Reading the data',
    buttons: ['Cancel', 'Clone with changes'],
  },
  {
    state: 'running',
    word: 'Running',
    says: 'About',
    buttons: ['Pause', 'Checkpoint now', 'Cancel', 'Clone with changes'],
  },
  {
    state: 'pausing',
    word: 'Pausing',
    says: 'checkpoint is written',
    buttons: ['Cancel', 'Clone with changes'],
  },
  {
    state: 'paused',
    word: 'Paused',
    says: 'Nothing is lost',
    buttons: ['Resume', 'Cancel', 'Clone with changes'],
  },
  { state: 'cancelling', word: 'Cancelling', says: 'being stopped', buttons: ['Clone with changes'] },
  {
    state: 'cancelled',
    word: 'Cancelled',
    says: 'You cancelled',
    buttons: ['Resume', 'Clone with changes', 'Remove'],
  },
  {
    state: 'finished',
    word: 'Finished',
    says: 'smaller download',
    buttons: ['Clone with changes', 'Remove'],
  },
  {
    state: 'failed',
    word: 'Failed',
    says: 'smaller learning rate',
    buttons: ['Retry', 'Clone with changes', 'Remove'],
  },
  { state: 'crashed', word: 'Crashed', says: 'SIGKILL', buttons: ['Retry', 'Clone with changes', 'Remove'] },
  {
    state: 'interrupted',
    word: 'Interrupted',
    says: 'was closed',
    buttons: ['Resume', 'Clone with changes', 'Remove'],
  },
] as const;

describeInBrowser('the page of a run', (open, shell) => {
  it.each(states)(
    'says what $state means and offers what can be done',
    async ({ state, word, says, buttons }) => {
      const run = everyState().find((one) => one.state === state);
      const { page } = await open(`#/runs/${run?.id ?? 0}`);
      const main = page.getByRole('main');
      await main.getByText(word, { exact: true }).first().waitFor();
      await main.getByText(says).first().waitFor();
      const head = main.locator('header').first();
      // Every run has a name that can be changed.
      expect(await head.getByRole('button').allInnerTexts()).toEqual(['Rename', ...buttons]);
    },
  );

  it('follows a run live until it has finished, with its verdict first', async () => {
    const { page, server } = await open('#/runs/12');
    const main = page.getByRole('main');
    const bar = main.getByRole('progressbar', { name: 'Progress of the run' });
    await bar.waitFor();
    await main.getByText('Nothing has been logged yet').waitFor({ state: 'detached' });

    server.studio.change(12, { progress: progressAt(19) });
    await main.getByText('92 %').waitFor();
    expect(await bar.getAttribute('aria-valuenow')).toBe(String(progressAt(19).fraction));
    server.studio.emit({
      type: 'metrics',
      runId: 12,
      points: [{ name: 'validation/accuracy', step: 9000, epoch: 19, stage: 2, value: 0.4321 }],
    });
    await main.getByText('43.21 %').waitFor();
    server.studio.emit({
      type: 'layers',
      runId: 12,
      epoch: 19,
      layers: [{ name: 'fc9/weight', total: 1000, kept: 50 }],
    });
    await main.getByRole('row', { name: /fc9\/weight 95\.0 % 50 of 1,000/ }).waitFor();

    const { result } = makeRun({ id: 12, name: '', state: 'finished', epoch: 20, minutesAgo: 1 });
    server.studio.change(12, { state: 'finished', result });
    await main
      .getByRole('heading', { name: '7.1× smaller download, same speed, no measurable change in accuracy.' })
      .waitFor();
    await main.getByRole('row', { name: /Non-zero/ }).waitFor();
    expect(await bar.count()).toBe(0);
  });

  it('has the very tables that the report has: before and after, and sizes', async () => {
    const run = everyState().find(({ id }) => id === 4);
    if (run === undefined) throw new Error('the fixture has run 4');
    const { page } = await open('#/runs/4');
    await page.getByRole('heading', { name: 'Before and after' }).waitFor();
    const textsOf = async (table: Locator) => {
      const rows: string[] = [];
      for (const row of await table.locator('tbody tr').all()) {
        const cells = await row.locator(':is(th, td):not(:has(svg))').allTextContents();
        rows.push(cells.map((text) => text.replace(/\s+/g, ' ').trim()).join(' | '));
      }
      return rows;
    };
    const shown = (name: string) => textsOf(page.getByRole('region', { name }).locator('table'));
    const screen = [await shown('Comparison table'), await shown('Table of sizes')];
    // A page without the studio's policy: the report has styles of its own.
    const paper = await page.context().newPage();
    await paper.setContent(renderReport(reportOf(run)));
    const tables = paper.locator('table');
    const printed = [await textsOf(tables.nth(0)), await textsOf(tables.nth(1))];
    expect(screen.map((rows) => rows.length)).toEqual([11, 4]);
    expect(screen).toEqual(printed);
  });

  it('shows what the run warns of, once, while its log is closed', async () => {
    const { page, server } = await open('#/runs/12');
    const warnings = page.getByRole('region', { name: 'The run warns' });
    await warnings.getByText('only one weight is left in these layers: fc1.weight').waitFor();
    const text = 'Prune while training, after 13 epochs: the masks empty these layers: fc2.weight.';
    for (let n = 0; n < 2; n += 1) {
      const line = { at: new Date().toISOString(), level: 'warning' as const, text };
      server.studio.emit({ type: 'log', runId: 12, line });
    }
    await warnings.getByText('fc2.weight').waitFor();
    expect(await warnings.getByRole('listitem').count()).toBe(2);
  });

  it('pauses, resumes and cancels', async () => {
    const { page } = await open('#/runs/12');
    const main = page.getByRole('main');
    await main.getByRole('button', { name: 'Pause' }).click();
    await main.getByText('Nothing is lost').waitFor();
    await main.getByRole('button', { name: 'Resume' }).click();
    await main.getByRole('button', { name: 'Pause' }).waitFor();
    await main.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Let it go on' }).click();
    await main.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the run' }).click();
    await main.getByText('You cancelled this run').waitFor();
  });

  it('shows the mask of a layer as a picture that can be magnified', async () => {
    const { page } = await open('#/runs/12');
    await page.getByRole('button', { name: /^Masks/ }).click();
    await page.getByLabel('Layer', { exact: true }).selectOption('fc2/weight');
    const picture = page.getByRole('img', { name: /^fc2\/weight: \d.* of 235,200 weights are kept/ });
    await picture.waitFor();
    const width = async () => (await picture.boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByRole('button', { name: 'Larger' }).click();
    expect(await width()).toBeCloseTo(2 * before);
    expect(await violations(page)).toEqual([]);
  });

  it('has a checkpoint written, and says when it is there', async () => {
    const { page } = await open('#/runs/12');
    await page.getByRole('button', { name: 'Checkpoint now' }).click();
    await page.getByText('A checkpoint is written').waitFor();
    await page.getByText('A checkpoint is written').waitFor({ state: 'detached' });
    await page.locator('h1').focus();
    await page.keyboard.press('s');
    await page.getByText('A checkpoint is written').waitFor();
  });

  it('shows samples that flipped, with both answers, and the recipe and folder of the run', async () => {
    const { page } = await open('#/runs/2');
    await page.getByRole('button', { name: /^Samples that flipped/ }).click();
    const table = page.getByRole('region', { name: 'Samples that flipped' });
    expect(await table.getByRole('row').allInnerTexts()).toEqual([
      expect.stringMatching(/Sample\s+Label\s+Dense\s+Compressed\s+Change/),
      expect.stringMatching(/row 4\s+3\s+3\s+8\s+Right before, wrong now/),
      expect.stringMatching(/sample 10\s+1\s+7\s+1\s+Wrong before, right now/),
    ]);
    await page.getByRole('button', { name: /^Recipe and folder/ }).click();
    await page
      .getByRole('region', { name: 'Recipe of the run' })
      .getByText('paradigm: magnitude-gradual')
      .waitFor();
    await page.getByRole('button', { name: 'Open folder' }).click();
    await page.getByText('/runs/2').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('removes a run only after asking, and Escape gives the focus back', async () => {
    const { page } = await open('#/runs/2');
    const button = page.getByRole('main').getByRole('button', { name: 'Remove' });
    await button.click();
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await page.locator(':focus').innerText()).toBe('Remove');
    await button.click();
    await page.getByRole('button', { name: 'Move to the trash' }).click();
    await page.getByRole('heading', { level: 1, name: 'Digits on a small board' }).waitFor();
    expect(
      await page.getByRole('main').getByRole('link', { name: 'Digits, 90 %', exact: true }).count(),
    ).toBe(0);
  });

  it('gives a run another name where its name stands', async () => {
    const { page } = await open('#/runs/2');
    await page.getByRole('button', { name: 'Rename' }).click();
    const name = page.getByLabel('Name of the run');
    expect(await name.inputValue()).toBe('Digits, 90 %');
    await name.fill('  ');
    await name.press('Enter');
    await name.fill('Russet');
    await name.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Russet' }).waitFor();
    expect(await name.count()).toBe(0);
    await page.getByRole('button', { name: 'Rename' }).click();
    await name.fill('Another');
    await name.press('Escape');
    await page.getByRole('heading', { level: 1, name: 'Russet' }).waitFor();
  });

  it('shows how sparse and how wide each layer is, and how it came there', async () => {
    const { page } = await open('#/runs/2');
    const table = page.getByRole('region', { name: 'Layers over time' });
    const row = table.getByRole('row', { name: /^fc1\/weight/ });
    expect(await row.getByRole('cell').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^165\s+of 300$/)]),
    );
    expect(await row.locator('path.channels').getAttribute('d')).toMatch(/^M0 0H\d/);
  });

  it('hands out the exported model', async () => {
    const { page } = await open('#/runs/2');
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save model.onnx' }).click();
    expect((await waiting).suggestedFilename()).toBe('model.onnx');
  });

  it('opens the report beside the studio, with its styles and nothing that runs', async () => {
    const { page } = await open('#/runs/2');
    const waiting = page.waitForEvent('popup');
    await page.getByRole('button', { name: 'Open report.html' }).click();
    const report = await waiting;
    const errors: string[] = [];
    report.on('console', (message) => errors.push(message.text()));
    await report.getByRole('heading', { name: 'Before and after' }).waitFor();
    expect(await report.evaluate('self.origin')).toBe('null');
    expect(await report.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).not.toBe(
      'none',
    );
    expect(errors).toEqual([]);
  });

  it('writes a measured form after the run, says that it is at it, and lists it then', async () => {
    const { page, server } = await open('#/runs/2');
    server.fail('runs.export', runError('run/no-checkpoint', 'The run has no checkpoint to export from.'));
    await page.getByRole('button', { name: 'Save ONNX, 8 bits' }).click();
    await page.getByText('The run has no checkpoint to export from.').waitFor();
    server.fail('runs.export', null);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save ONNX, 8 bits' }).click();
    await page.getByRole('button', { name: 'ONNX, 8 bits is being written' }).waitFor();
    await waiting;
    await page.getByText('Two layers stay in float32.').waitFor();
    await page.getByRole('button', { name: 'Save model-onnx-int8.onnx' }).waitFor();
  });

  it('measures a file that was written after the run, once it is asked to', async () => {
    const { page } = await open('#/runs/2');
    const waiting = page.waitForEvent('download');
    await page.getByText('Every format', { exact: true }).click();
    const table = page.getByRole('region', { name: 'Table of formats' });
    const row = table.getByRole('row', { name: /^Keras/ });
    await row.getByText('When it is written').waitFor();
    await row.getByRole('button', { name: /^Save/ }).click();
    await waiting;
    await row.getByRole('button', { name: /^Verify/ }).click();
    await row.getByText(/Accuracy 97\.25.% on 2,000 test samples, read from the file/).waitFor();
  });

  it('opens the wizard with the recipe of a run', async () => {
    const { page } = await open('#/runs/3');
    await page.getByRole('button', { name: 'Clone with changes' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ready to start' }).waitFor();
    expect(await page.getByLabel('The recipe as YAML').inputValue()).toContain('sparsity: 0.95');
    await page.getByText('A copy of').waitFor();
    const changed = page.getByRole('region', { name: /^Changed from/ });
    await changed.getByText('Nothing yet').waitFor();
    await page.getByLabel('Seed').fill('77');
    await changed.getByRole('row', { name: /^seed \d+ 77$/ }).waitFor();
    expect(await changed.getByRole('row').count()).toBe(2);
  });

  it('reads a curve by the arrow keys and as a table', async () => {
    const { page } = await open('#/runs/2');
    const chart = page.getByRole('img', { name: /Validation rose from .* to/ });
    await chart.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/^epoch 19\.83: Training/).waitFor();
    const section = page.getByRole('region', { name: 'Accuracy', exact: true });
    await section.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Accuracy' });
    expect(await table.getByRole('row').count()).toBeGreaterThan(100);
  });

  // Between the desktop app's page and its program there is no line that could break while the page lives.
  it.skipIf(shell === 'desktop')(
    'says when the connection is lost, and catches up when it is back',
    async () => {
      const { page, server, expectErrors } = await open('#/runs/12');
      expectErrors(/WebSocket/);
      server.cut(true);
      await page.getByText('The connection to Espalier is lost').waitFor();
      server.studio.change(12, { state: 'paused' });
      server.cut(false);
      await page.getByText('Nothing is lost. Resume').waitFor({ timeout: 20_000 });
      expect(await page.getByText('The connection to Espalier is lost').count()).toBe(0);
    },
  );

  it.skipIf(shell === 'desktop')(
    'tells a studio that was started anew from one that is silent, and lets nothing be pressed meanwhile',
    async () => {
      const { page, server, expectErrors } = await open('#/runs/12');
      expectErrors(/WebSocket|401/);
      const main = page.getByRole('main');
      const pause = main.getByRole('button', { name: 'Pause' });
      await pause.waitFor();
      server.forget(true);
      await page.getByText('Espalier was started anew').waitFor();
      expect(await pause.isDisabled()).toBe(true);
      await main.getByText('Running, last heard just now').waitFor();
      expect(await main.getByText(/About .* left/).count()).toBe(0);
      server.studio.change(12, { state: 'interrupted', resumable: true });
      // The new link was opened beside this page: the browser has a session again.
      server.forget(false);
      const resume = main.getByRole('button', { name: 'Resume' });
      await resume.waitFor({ timeout: 20_000 });
      expect(await resume.isEnabled()).toBe(true);
      expect(await page.getByText('Espalier was started anew').count()).toBe(0);
    },
  );

  it('shows what went wrong with a remedy, and tries again', async () => {
    const { page, server } = await open('#/settings');
    server.fail(
      'runs.report',
      runError('store/corrupt', 'The report of this run cannot be read.', {
        remedy: 'Restore the database.',
      }),
    );
    await page.goto(`${server.url}#/runs/2`);
    const alert = page.getByRole('alert').filter({ hasText: 'Could not load the report' });
    await alert.getByText('Restore the database.').waitFor();
    await alert.getByText('store/corrupt').waitFor();
    server.fail('runs.report', null);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Before and after' }).waitFor();
  });
});
