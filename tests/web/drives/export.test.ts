import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InferenceSession } from 'onnxruntime-node';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { saved } from '../support/download.ts';
import { picture, shapes } from '../support/own-files.ts';
import { describeRealStudio, runMs } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

describeRealStudio('with files to take away', (studio) => {
  const press = (name: string | RegExp) => studio.page.getByRole('button', { name }).click();

  it('writes WebAssembly after the run, and its page from the disk knows pictures that nobody has shown it', async () => {
    const { page, folder } = studio;
    await wizard.beginWithPictures(studio, 60);
    await page.getByLabel('Where it is').fill(join(folder, 'pictures'));
    await press('Continue to goal');
    await page.getByLabel('Weights to prune, in percent').fill('50');
    await press('Continue to method');
    await wizard.chooseMethod(page, 'One-shot magnitude pruning');
    await press('Continue to training');
    await wizard.trainAgain(page);
    const run = await wizard.startRun(studio, 'Taken away');
    await page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: runMs });

    await press(/^Every format/);
    const formats = page.getByRole('region', { name: 'Table of formats' });
    const row = formats.getByRole('row', { name: /^WebAssembly/ });
    await row.getByText('Written when saved').waitFor();
    const files = await saved(row.getByRole('button', { name: 'Save WebAssembly' }), 5);
    await row.getByText('Written', { exact: true }).waitFor();
    const listed = await studio.ask('artifacts.list', { runId: run.id });
    for (const { name, sha256 } of files)
      expect(sha256, name).toBe(listed.find((file) => file.name === name)?.sha256);
    const named = (name: string) => files.find((file) => file.name === name)?.bytes ?? new Uint8Array();
    expect([...named('model.wasm').subarray(0, 4)]).toEqual([0, ...Buffer.from('asm')]);

    await writeFile(join(folder, 'demo.html'), named('demo.html'));
    const demo = await studio.window();
    const random = Random.from(2, 'unseen');
    for (const shape of [...shapes, ...shapes]) {
      const png = new PNG({ width: 12, height: 12 });
      picture(shape, random).forEach((value, at) => png.data.set([value, value, value, 255], at * 4));
      await demo.goto(pathToFileURL(join(folder, 'demo.html')).href);
      await demo.getByText('Ready.').waitFor();
      await demo
        .getByLabel(/^Drop a picture here/)
        .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: PNG.sync.write(png) });
      await demo
        .getByRole('status')
        .filter({ hasText: /, in .* ms\./ })
        .waitFor();
      expect(
        await demo.getByRole('table', { name: 'Scores' }).getByRole('row').first().innerText(),
      ).toContain(shape);
    }
    await demo.close();

    await row.getByText('Computes the same as the compressed network').waitFor();
    const half = formats.getByRole('row', { name: /^ONNX, half precision/ });
    const [onnx] = await saved(half.getByRole('button', { name: /^Save / }));
    const session = await InferenceSession.create(onnx?.bytes ?? new Uint8Array());
    expect(session.inputNames).toHaveLength(1);
    await session.release();
    await half.getByRole('button', { name: /^Verify / }).click();
    await half
      .getByText(/^Accuracy [\d.]+\s% on \d+ test samples, read from the file/)
      .waitFor({ timeout: runMs });
  });
});
