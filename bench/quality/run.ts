import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ExitCode } from '../../main/cli/context.ts';
import { processContext } from '../../main/cli/process-context.ts';
import { LocalExecutor } from '../../main/jobs/executors/local.ts';
import { finishedReport, runSweep } from '../../main/cli/sweep-runs.ts';
import type { GridRun } from '../../main/engine/sweep/expand.ts';
import type { RunResult } from '../../main/engine/sweep/results.ts';
import { readSearches } from '../search/measured.ts';
import { readStudies } from '../studies/measured.ts';
import { gridIds, readGrid, resultsDocument } from './document.ts';
import { failureOf, keep, measurementOf, readMeasured, type Measurement } from './measured.ts';
import { candidates, kept } from './rows.ts';

/*
 * Accuracy of every method beside published numbers: `npm run bench:quality` writes docs/results.md. It does what is not done
 * yet in its present form and may be stopped and started at any time; runs stay in the folder, and what they came to is added
 * after each of them to bench/quality/measured and to `measured` in the folder, from where another copy of the program takes it.
 *   --out FOLDER     runs/quality     --only a,b       grids by name (bench/quality/*.yaml)
 *   --jobs N         1                --series NAME    of this one only; may be given several times
 *   --threads N      cores shared out --device NAME    onnxruntime
 *   --document       only take in what is in the folder, and write the document
 */
const root = join(import.meta.dirname, '..', '..');
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'runs', 'quality') },
    only: { type: 'string' },
    series: { type: 'string', multiple: true },
    jobs: { type: 'string', default: '1' },
    threads: { type: 'string' },
    device: { type: 'string', default: 'onnxruntime' },
    document: { type: 'boolean', default: false },
  },
});
const out = resolve(options.out);
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;

if (!options.document) {
  for (const id of options.only?.split(',') ?? gridIds()) {
    if (!(await sweep(id))) continue;
    process.exitCode = ExitCode.cancelled;
    break;
  }
}
await writeDocument();

/** Does a grid's open runs; returns whether the person ended it. */
async function sweep(id: string): Promise<boolean> {
  console.log(`\n${id}`);
  const { runs } = readGrid(id);
  await takeIn(id, runs);
  const open = candidates(runs, readMeasured(id))
    .filter(({ run, current }) => current === undefined && options.series?.includes(run.series) !== false)
    .map(({ run }) => run);
  const jobs = Number(options.jobs);
  mkdirSync(join(out, id), { recursive: true });
  const context = processContext(root, join(root, 'main', 'engine', 'process', 'entry.ts'));
  const { cancelled } = await runSweep(context, open, {
    folder: join(out, id),
    baseFolder: import.meta.dirname,
    device: options.device,
    executor: new LocalExecutor({
      version: context.version,
      startEngine: context.startEngine,
      places: jobs,
      sweep: join(out, id),
    }),
    threads: Number(options.threads ?? Math.max(1, Math.floor(availableParallelism() / jobs))),
    say: (text) => {
      console.log(text);
    },
    changed: (results) => takeIn(id, open, results),
  });
  return cancelled;
}

/** Adds to what is kept of a grid what these runs came to. */
async function takeIn(
  id: string,
  runs: readonly GridRun[],
  results: readonly RunResult[] = [],
): Promise<void> {
  const problems = new Map(results.map(({ folder, problem }) => [folder, problem]));
  const found: Measurement[] = [];
  for (const run of runs) {
    const report = await finishedReport(join(out, id, 'runs', run.folder), run);
    const problem = problems.get(run.folder) ?? null;
    if (report !== undefined) found.push(measurementOf(run, report, machine));
    else if (problem !== null) found.push(failureOf(run, problem, machine));
  }
  const beside = join(out, 'measured');
  const known = [...readMeasured(id), ...readMeasured(id, beside), ...found];
  const all = kept(candidates(readGrid(id).runs, known));
  keep(id, all);
  keep(id, all, beside);
}

async function writeDocument(): Promise<void> {
  for (const id of gridIds()) await takeIn(id, readGrid(id).runs);
  const { text, charts } = await resultsDocument(readMeasured, readSearches(), readStudies());
  const folder = join(root, 'docs', 'results');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, chart] of charts) writeFileSync(join(folder, name), chart);
  writeFileSync(join(root, 'docs', 'results.md'), text);
}
