import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { recipeSchema } from '../../main/contract/recipe.ts';
import { openStore } from '../../main/store/store.ts';
import { testStudio } from '../../tests/support/studio.ts';
import { serve } from '../../main/serve/serve.ts';
import { longestTask } from './tasks.ts';
import type { Task } from './tasks.ts';

const paradigms = ['magnitude-gradual', 'magnitude-one-shot', 'snip', 'rigl'];
const states = ['finished', 'failed', 'cancelled', 'interrupted'] as const;

/** A database with this many runs. */
function fill(file: string, count: number): void {
  const store = openStore(file);
  const project = store.projects.create('Many');
  const recipes = paradigms.map((paradigm) =>
    recipeSchema.parse({ network: 'lenet-300-100', data: 'digits', paradigm, budget: 0.9 }),
  );
  for (let i = 0; i < count; i++) {
    const recipe = recipes[i % recipes.length];
    if (recipe === undefined) continue;
    const { id } = store.runs.create(project.id, `Run ${i}, ${recipe.paradigm}`, recipe, 'auto');
    store.runs.update(id, { state: states[i % states.length] ?? 'finished' });
  }
  store.close();
}

export interface ManyRuns {
  /** Milliseconds until the list can be read. */
  readonly open: number;
  /** The longest task of the page's main thread by what was done. */
  readonly longTasks: Readonly<Record<string, Task>>;
}

/** The list of all runs of a database with so many of them, over the loopback server. */
export async function manyRuns(
  browser: Browser,
  folder: string,
  assets: string,
  count: number,
): Promise<ManyRuns> {
  fill(join(folder, 'data', 'espalier.db'), count);
  const studio = testStudio(folder);
  const server = await serve({ studio, desk: studio.desk, assets });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    const longTasks: Record<string, Task> = {};
    const doing = async (what: string, act: () => Promise<unknown>) => {
      longTasks[what] = await longestTask(page, act);
    };
    await doing('home', async () => {
      await page.goto(server.link());
      await page.locator('h1').first().waitFor();
    });
    const begin = performance.now();
    let open = 0;
    await doing('open', async () => {
      await page.evaluate("location.hash = '#/runs'");
      await page.getByRole('row').nth(5).waitFor();
      open = performance.now() - begin;
    });
    await doing('sort', () => page.getByRole('button', { name: /^(Run|Name)/ }).first().click()); // prettier-ignore
    await doing('filter', async () => {
      await page.getByRole('searchbox').first().pressSequentially('snip 77', { delay: 60 });
    });
    await doing('scroll', async () => {
      await page.getByRole('searchbox').first().fill('');
      for (let i = 0; i < 30; i++) {
        await page.mouse.wheel(0, 2000);
        await page.waitForTimeout(16);
      }
    });
    return { open, longTasks };
  } finally {
    await page.close();
    await server.close();
    await studio.close();
  }
}
