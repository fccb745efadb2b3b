import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

  it('runs on two threads where the page is isolated, with the same answers as on one', async () => {
    const network = new NetworkBuilder('wide', [200]).dense('fc1', 300).relu().dense('fc2', 3).build();
    await written(network, new Float32Array(200));
    const server = createServer((request, response) => {
      const name = (request.url ?? '/').slice(1);
      const types: Record<string, string> = { mjs: 'text/javascript', wasm: 'application/wasm' };
      const type = types[name.split('.').at(-1) ?? ''] ?? 'text/html';
      response.setHeader('Content-Type', type);
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
      if (type === 'text/html') response.end('<!doctype html><title>empty</title>');
      else
        readFile(join(folder, name)).then(
          (bytes) => response.end(bytes),
          () => response.end(),
        );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const found = await page.evaluate(`(async () => {
      const { load } = await import('/model.mjs');
      const input = Float32Array.from({ length: 600 }, (_, i) => Math.sin(i));
      const found = [];
      for (const threads of [1, 2]) {
        const model = await load({ threads });
        found.push({ threads: model.threads, answers: [...model.run(input)] });
        model.close();
      }
      return found;
    })()`);
    await page.close();
    server.close();
    const [one, two] = found as { threads: number; answers: number[] }[];
    expect(two).toEqual({ threads: 2, answers: one?.answers });
    expect(one?.answers).toHaveLength(9);
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
