import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../tests/web/support/browser.ts';
import { buildRenderer, rendererFolder } from '../tests/web/support/build-renderer.ts';
import { coldStart } from './studio/cold-start.ts';
import { live } from './studio/live.ts';
import { graph } from './studio/graph.ts';
import { manyRuns } from './studio/many-runs.ts';
import { sweepPage } from './studio/sweep.ts';
import type { Task } from './studio/tasks.ts';

/*
 * How fast the studio is in Chromium, beside its goals: `npm run bench:studio`. `npm run build` comes before it.
 *   --runs N      10000: in the list of all runs, and in a sweep
 *   --layers N    1000: of a network in its graph
 *   --points N    1000: measured points a second that a run page gets
 *   --seconds N   8: for how long
 *   --json FILE   everything that was measured
 */
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    points: { type: 'string', default: '1000' },
    layers: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '8' },
    json: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
const say = (what: string, measured: string, goal: string) =>
  console.log(`${what.padEnd(58)} ${measured.padEnd(36)} goal: ${goal}`);
const sayTasks = (tasks: Readonly<Record<string, Task>>) => {
  for (const [what, { wall, processor }] of Object.entries(tasks))
    say(`  longest task: ${what}`, `${processor.toFixed(0)} ms of the processor, ${wall.toFixed(0)} by the clock`, 'none above 50 ms'); // prettier-ignore
};
const sayFrames = (what: string, { p50, p95, most }: { p50: number; p95: number; most: number }) =>
  say(what, `${p50.toFixed(1)} / ${p95.toFixed(1)} / ${most.toFixed(0)} ms (median, p95, most)`, '16.7 ms');

await buildRenderer();
const browser = await launchBrowser();
try {
  console.log(cpus()[0]?.model.trim());
  const starts = [];
  for (const n of [1, 2, 3]) starts.push(await coldStart(browser, root, join(folder, `home-${n}`)));
  say('Start of `espalier serve` to a usable home, three times', `${starts.map((ms) => (ms / 1000).toFixed(2)).join(', ')} s`, 'under 2 s'); // prettier-ignore

  const runs = Number(options.runs);
  const list = await manyRuns(browser, join(folder, 'many'), rendererFolder, runs);
  say(`List of ${runs} runs opens`, `${list.open.toFixed(0)} ms`, 'without a pause');
  sayTasks(list.longTasks);

  const sweep = await sweepPage(browser, join(folder, 'sweep'), rendererFolder, runs);
  say(`Sweep of ${runs} runs opens`, `${sweep.open.toFixed(0)} ms, ${sweep.answer.toFixed(0)} of them the answer`, 'without a pause'); // prettier-ignore
  sayTasks(sweep.tasks);

  const layers = Number(options.layers);
  const drawing = await graph(browser, join(folder, 'graph'), rendererFolder, layers);
  say(`Graph of ${layers} layers, click to drawn`, `${drawing.drawn.toFixed(0)} ms`, 'under 1 s');
  sayFrames('  frames while it is dragged', drawing.frames);

  const fed = await live(browser, folder, rendererFolder, Number(options.points), Number(options.seconds));
  sayFrames(`Run page at ${options.points} points a second, frames`, fed.frames);
  say('  points in the database of those sent', `${fed.stored} of ${fed.sent}`, 'all');
  if (options.json !== undefined) {
    const found = {
      processor: cpus()[0]?.model,
      createdAt: new Date().toISOString(),
      starts,
      list,
      sweep,
      drawing,
      fed,
    };
    writeFileSync(options.json, JSON.stringify(found, null, 1));
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
