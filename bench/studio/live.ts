import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { MetricPoint } from '../../main/contract/run.ts';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { quantile } from '../../main/engine/evaluate/latency.ts';
import { openStore } from '../../main/store/store.ts';
import { makeRun } from '../../tests/web/support/fixture-runs.ts';
import { serveFixture } from '../../tests/web/support/server.ts';
import { longest, watched, watchFrames } from './frames.ts';

const EACH_MS = 50;

export interface Live {
  readonly sent: number;
  /** Of those sent, how many the database holds afterwards. */
  readonly stored: number;
  /** Milliseconds between two frames of the run page: median, 95th percentile, and the most. */
  readonly frames: { readonly p50: number; readonly p95: number; readonly most: number };
}

/** A run page that gets so many points a second for some seconds, and a database that keeps them. */
export async function live(
  browser: Browser,
  folder: string,
  assets: string,
  perSecond: number,
  seconds: number,
): Promise<Live> {
  const store = openStore(join(folder, 'live.db'));
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: 'digits',
    paradigm: 'rigl',
    budget: 0.9,
  });
  const { id } = store.runs.create(store.projects.create('Live').id, 'Live', recipe, 'auto');
  const run = makeRun({ id: 12, name: 'Live', state: 'running', epoch: 1, minutesAgo: 1 });
  const server = await serveFixture({ folder: assets, runs: [run], epochMs: 3_600_000 });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await watchFrames(page);
    await page.goto(`${server.url}#/runs/12`);
    await page.getByRole('progressbar').first().waitFor();
    await page.waitForTimeout(1000);
    await watched(page);
    const each = Math.round((perSecond * EACH_MS) / 1000);
    let step = 100_000;
    const begin = performance.now();
    for (let batch = 1; batch <= (seconds * 1000) / EACH_MS; batch++) {
      const points = Array.from({ length: each }, (): MetricPoint => {
        step += 1;
        return { name: 'train/loss', step, epoch: step / 1000, stage: 0, value: 1 / (1 + step / 1e5) };
      });
      server.studio.emit({ type: 'metrics', runId: 12, points });
      store.metrics.add(id, points);
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, begin + batch * EACH_MS - performance.now())),
      );
    }
    const { frames } = await watched(page);
    return {
      sent: step - 100_000,
      stored: store.metrics.ofRun(id).length,
      frames: { p50: quantile(frames, 0.5), p95: quantile(frames, 0.95), most: longest(frames) },
    };
  } finally {
    await page.close();
    await server.close();
    store.close();
  }
}
