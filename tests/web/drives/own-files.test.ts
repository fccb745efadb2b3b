import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { saved } from '../support/download.ts';
import { picture, shapes, writeFlowers, writeKeras } from '../support/own-files.ts';
import { describeRealStudio } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

describeRealStudio('with files that a person brings along', (studio) => {
  const press = (name: string | RegExp) => studio.page.getByRole('button', { name }).click();
  const region = (name: string) => studio.page.getByRole('region', { name });
  it('prunes an ONNX file on a folder of images, and hands out one that onnxruntime runs', async () => {
    const { page, folder } = studio;
    await wizard.beginWithPictures(studio, 60);
    await page.getByText('Your network takes samples of 1 × 12 × 12.').waitFor();
    await press('Browse…');
    const dialog = page.getByRole('dialog', { name: 'Where it is' });
    await dialog.getByRole('button', { name: folder }).click();
    await dialog.getByRole('button', { name: 'pictures' }).click();
    await dialog.getByText(join(folder, 'pictures'), { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Use this folder' }).click();
    await region('Preview of the data')
      .getByRole('row', { name: /^spots/ })
      .waitFor();
    await region('Preview of the data')
      .getByRole('img', { name: /bars|beams|spots/ })
      .first()
      .waitFor();
    await press('Continue to goal');
    await press(/^50 %$/);
    await press('Continue to method');
    await wizard.chooseMethod(page, 'One-shot magnitude pruning');
    await press('Continue to training');
    await wizard.trainAgain(page);
    const run = await wizard.startRun(studio, 'Pictures');
    await region('Verdict').waitFor();

    const report = await studio.ask('runs.report', { id: run.id });
    expect(report?.original?.accuracy).toBeLessThan(0.7);
    expect(report?.compressed.accuracy).toBeGreaterThan(0.9);
    const [file] = await saved(page.getByRole('button', { name: 'Save model.onnx' }));
    const listed = await studio.ask('artifacts.list', { runId: run.id });
    expect(file?.sha256).toBe(listed.find(({ name }) => name === 'model.onnx')?.sha256);
    const { mean, std } = report?.data.normalization ?? { mean: [], std: [] };
    const classes = report?.data.classes ?? [];
    const session = await InferenceSession.create(file?.bytes ?? new Uint8Array());
    const random = Random.from(2, 'unseen');
    let right = 0;
    for (let n = 0; n < 60; n += 1) {
      const shape = shapes[n % shapes.length] ?? 'bars';
      const pixels = [...picture(shape, random)];
      const values = Float32Array.from(pixels, (value) => (value - (mean[0] ?? 0)) / (std[0] ?? 1));
      const [input = '', output = ''] = [session.inputNames[0], session.outputNames[0]];
      const answers = await session.run({ [input]: new Tensor('float32', values, [1, 1, 12, 12]) });
      const scores = [...(answers[output]?.data as Float32Array)];
      if (classes[scores.indexOf(Math.max(...scores))] === shape) right += 1;
    }
    await session.release();
    expect(right).toBeGreaterThan(54);
  });

  it('prunes a Keras file on a table, and hands out a Keras file again', async () => {
    const { page, folder } = studio;
    await writeFlowers(join(folder, 'flowers.csv'), 150);
    await writeKeras(join(folder, 'own.h5'));
    await wizard.beginNew(studio);
    await wizard.chooseModelFile(page, join(folder, 'own.h5'));
    await page.getByRole('radio', { name: /^Table \(CSV\)/ }).click();
    await page.getByLabel('Where it is').fill(join(folder, 'flowers.csv'));
    await region('Preview of the data')
      .getByRole('row', { name: /^virginica/ })
      .waitFor();
    await region('Preview of the data').getByText('petal width').first().waitFor();
    await press('Continue to goal');
    await press(/^50 %$/);
    await press('Continue to method');
    await wizard.chooseMethod(page, 'One-shot magnitude pruning');
    await press('Continue to training');
    await wizard.trainAgain(page);
    await page.getByRole('checkbox', { name: 'Keras (.h5)' }).check();
    const run = await wizard.startRun(studio, 'Flowers');
    await region('Verdict').waitFor();

    const report = await studio.ask('runs.report', { id: run.id });
    expect(report?.data.classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(report?.compressed.accuracy).toBeGreaterThan(0.85);
    expect(report?.sparsity).toBeCloseTo(0.5, 2);
    const [file] = await saved(page.getByRole('button', { name: 'Save model.h5' }));
    expect([...(file?.bytes.subarray(0, 4) ?? [])]).toEqual([0x89, ...Buffer.from('HDF')]);
    await writeFile(join(folder, 'pruned.h5'), file?.bytes ?? new Uint8Array());
    const { weights } = await readModel('./pruned.h5', folder);
    const kept = [...weights]
      .filter(([, { shape }]) => shape.length === 2)
      .flatMap(([, { data }]) => [...data]);
    expect(kept.filter((value) => value === 0).length / kept.length).toBeCloseTo(0.5, 2);
  });
});
