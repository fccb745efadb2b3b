import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { quantile } from '../../main/engine/evaluate/latency.ts';
import { writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../../main/engine/network/builder.ts';
import { childHost } from '../../main/jobs/child-host.ts';
import { serve } from '../../main/serve/serve.ts';
import { randomWeights } from '../../tests/engine/network/run.ts';
import { testStudio } from '../../tests/support/studio.ts';
import { longest, watched, watchFrames } from './frames.ts';

/** The engine as it is shipped: from its sources every process of it would compile them first. */
const ENGINE = join(import.meta.dirname, '../../out/main/engine.js');

/** An engine's process for each question takes its time on a busy machine. */
const patienceMs = 120_000;

/** Half of them convolutions, a ReLU behind each. */
function writeNetwork(file: string, layers: number): void {
  let builder = new NetworkBuilder('long', [4, 8, 8]);
  for (let n = 1; n <= layers / 2; n++) builder = builder.conv(`conv${n}`, 4).relu();
  const network = builder.flatten().dense('fc', 3).build();
  writeFileSync(file, writeOnnx(network, randomWeights(network)));
}

export interface Graph {
  /** Milliseconds from the click on "Graph", on a step at rest, until something is drawn: the engine's process, reading, layout and all. */
  readonly drawn: number;
  /** Milliseconds between two frames while the drawing is dragged. */
  readonly frames: { readonly p50: number; readonly p95: number; readonly most: number };
}

/** A network of so many layers in its graph, in the real studio. */
export async function graph(
  browser: Browser,
  folder: string,
  assets: string,
  layers: number,
): Promise<Graph> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'long.onnx');
  writeNetwork(file, layers);
  const studio = testStudio(folder, { startEngine: () => childHost(ENGINE) });
  const server = await serve({ studio, desk: studio.desk, assets });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    page.setDefaultTimeout(patienceMs);
    await watchFrames(page);
    await page.goto(server.link());
    await page.goto(new URL(`/#/new?file=${encodeURIComponent(file)}`, page.url()).href);
    await page.getByRole('button', { name: 'Graph', exact: true }).waitFor();
    await page.getByText('Can be pruned').waitFor();
    // The step reads network and data first, each in a process of its own.
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(2_000);
    const drawn = await page.evaluate<number>(`new Promise((resolve) => {
      const begin = performance.now();
      [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Graph').click();
      const look = () => {
        const canvas = document.querySelector('canvas');
        const inked = canvas !== null && canvas.width > 0 && canvas.height > 0 && canvas.getContext('2d')
          .getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0);
        if (inked) resolve(performance.now() - begin);
        else requestAnimationFrame(look);
      };
      look();
    })`);
    // The groups of channels come later, and are not what is measured here.
    await page.waitForTimeout(3_000);
    const box = await page.locator('canvas').boundingBox();
    if (box === null) throw new Error('The graph is not on the page.');
    const [x, y] = [box.x + box.width / 2, box.y + box.height - 20];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await watched(page);
    for (let n = 1; n <= 120; n++) {
      await page.mouse.move(x, y - n * 2);
      await page.waitForTimeout(8);
    }
    const { frames } = await watched(page);
    await page.mouse.up();
    return {
      drawn,
      frames: { p50: quantile(frames, 0.5), p95: quantile(frames, 0.95), most: longest(frames) },
    };
  } finally {
    await page.close();
    await server.close();
    await studio.close();
  }
}
