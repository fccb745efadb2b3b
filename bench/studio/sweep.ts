import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser } from 'playwright-core';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { serve } from '../../main/serve/serve.ts';
import { openStore } from '../../main/store/store.ts';
import { testStudio } from '../../tests/support/studio.ts';
import { longestTask } from './tasks.ts';
import type { Task } from './tasks.ts';

const shares = Array.from({ length: 20 }, (_, n) => 0.5 + n * 0.02);
const series = Array.from({ length: 50 }, (_, n) => `Method ${n + 1}`);

const rest = {
  denseAccuracy: 0.98,
  pairs: null,
  test: 1000,
  promises: [],
  parameters: 266_610,
  nonzero: 26_661,
};

/** A sweep of so many finished runs: fifty series at twenty budgets, and as many seeds as are needed. */
function fill(file: string, count: number): { sweep: number; run: number } {
  const store = openStore(file);
  const project = store.projects.create('Sweep');
  const sweep = store.sweeps.create(project.id, 'Many', 'seeds: [1]\n');
  const recipe = recipeSchema.parse({
    network: 'lenet-300-100',
    data: 'digits',
    paradigm: 'snip',
    budget: 0.9,
  });
  const results: [string, number, number][] = [];
  let last = 0;
  for (let n = 0; n < count; n++) {
    const budget = shares[n % shares.length] ?? 0.5;
    const method = Math.floor(n / shares.length) % series.length;
    const seed = 1 + Math.floor(n / (shares.length * series.length));
    const { id } = store.runs.create(project.id, `Run ${n}`, recipe, 'auto');
    const accuracy = 0.98 - budget * budget * 0.05 - method * 0.001 - ((seed * 7) % 5) * 0.001;
    store.runs.update(id, { state: 'finished' });
    results.push([JSON.stringify({ ...rest, accuracy, sparsity: budget }), accuracy, id]);
    store.sweeps.add(sweep, id, { series: series[method] ?? '', measure: 'sparsity', budget, seed });
    last = id;
  }
  store.close();
  // A run gets its result with a whole report, of which lists and sweeps read nothing else.
  const db = new Database(file);
  const update = db.prepare('UPDATE runs SET result = ?, accuracy = ? WHERE id = ?');
  db.transaction(() => results.forEach((row) => update.run(...row)))();
  db.close();
  return { sweep, run: last };
}

export interface SweepPage {
  /** Milliseconds until the chart is there. */
  readonly open: number;
  /** Milliseconds of the studio's process for what the page asks for. */
  readonly answer: number;
  readonly tasks: Readonly<Record<string, Task>>;
}

/** The page of a sweep with so many runs. */
export async function sweepPage(
  browser: Browser,
  folder: string,
  assets: string,
  count: number,
): Promise<SweepPage> {
  const { sweep, run } = fill(join(folder, 'data', 'espalier.db'), count);
  const studio = testStudio(folder);
  const server = await serve({ studio, desk: studio.desk, assets });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(server.link());
    await page.locator('h1').first().waitFor();
    const asked = performance.now();
    await studio.ask('sweeps.get', { id: sweep });
    const answer = performance.now() - asked;
    const begin = performance.now();
    let open = 0;
    const opening = await longestTask(page, async () => {
      await page.evaluate(`location.hash = '#/sweeps/${sweep}'`);
      await page.getByRole('heading', { name: 'Accuracy against sparsity' }).waitFor();
      open = performance.now() - begin;
    });
    const change = await longestTask(page, async () => {
      await studio.ask('runs.edit', { id: run, notes: 'Looked at.' });
      await page.waitForTimeout(1_000);
    });
    return { open, answer, tasks: { open: opening, change } };
  } finally {
    await page.close();
    await server.close();
    await studio.close();
  }
}
