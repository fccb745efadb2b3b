import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../../main/engine/formats/sparse/wasm/format.ts';
import { openModel } from '../../main/engine/formats/sparse/wasm/runtime.ts';
import { NetworkBuilder } from '../../main/engine/network/builder.ts';
import type { Network } from '../../main/engine/network/graph.ts';
import { randomWeights } from '../engine/network/run.ts';
import { temporaryFolder } from '../support/folder.ts';
import { chromiumPath, launchBrowser } from './support/browser.ts';

const folder = temporaryFolder();
const labels = ['circle', 'square', '<b>line</b>'];

/** Writes the files of a network, and gives its own answer for some numbers as the data have them. */
async function written(network: Network, sample: Float32Array): Promise<{ best: string; page: string }> {
  const metadata = {
    'espalier.classes': JSON.stringify(labels),
    'espalier.normalization': JSON.stringify({ mean: [100], std: [50] }),
  };
  const files = await wasm.write({ network, weights: randomWeights(network), masks: new Map(), metadata });
  for (const { name, bytes } of files) await writeFile(join(folder, name), bytes);
  const model = await openModel(files[0]?.bytes ?? new Uint8Array());
  const scores = [...(model.run(model.normalize(sample)) as Float32Array)];
  const best = labels[scores.indexOf(Math.max(...scores))] ?? '';
  return { best, page: pathToFileURL(join(folder, 'demo.html')).href };
}

describe.skipIf(chromiumPath === null)('an exported module in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('its page opens from disk and tells what a picture is, as Node does', async () => {
    const [width, height] = [6, 5];
    const grey = Array.from({ length: width * height }, (_, i) => (i * 37) % 256);
    const network = new NetworkBuilder('pictures', [1, height, width])
      .conv('conv', 4)
      .relu()
      .flatten()
      .dense('fc', 3)
      .build();
    const { best, page: address } = await written(network, Float32Array.from(grey));
    const png = new PNG({ width, height });
    grey.forEach((value, i) => png.data.set([value, value, value, 255], i * 4));
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(address);
    await page.locator('#message', { hasText: 'Ready.' }).waitFor();
    await page
      .locator('#file')
      .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: PNG.sync.write(png) });
    await page.locator('#scores tr').first().waitFor();
    expect(await page.locator('#scores tr').count()).toBe(3);
    expect(await page.locator('#scores tr td').first().textContent()).toBe(best);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('its page takes a row of a table, and says what is wrong with another', async () => {
    const network = new NetworkBuilder('rows', [4]).dense('fc1', 5).relu().dense('fc2', 3).build();
    const { best, page: address } = await written(network, Float32Array.of(1, -2, 300, 4.5));
    const page = await browser.newPage();
    await page.goto(address);
    await page.locator('#message', { hasText: 'Ready.' }).waitFor();
    await page.locator('#row').fill('1, 2, 3');
    await page.locator('#message', { hasText: 'A row has 4 numbers; this has 3.' }).waitFor();
    await page.locator('#row').fill('1, x, 3, 4');
    await page.locator('#message', { hasText: "'x' is no number." }).waitFor();
    await page.locator('#row').fill('1; -2; 300; 4.5');
    await page.locator('#scores tr').first().waitFor();
    expect(await page.locator('#scores tr td').first().textContent()).toBe(best);
    await page.close();
  });
});
