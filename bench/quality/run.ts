import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { sweepChart } from '../../main/engine/sweep/chart.ts';
import { checkGrid } from '../../main/engine/sweep/expand.ts';
import { branchOf } from '../../main/engine/sweep/page.ts';
import { summarize, type RunResult, type SweepResults } from '../../main/engine/sweep/results.ts';
import { sections } from './checks.ts';
import { keep, measurements, rowOf } from './measured.ts';
import { resultsPage, type GridRuns } from './page.ts';

/*
 * Accuracy of every method beside published numbers: `npm run bench:quality` writes docs/results.md. It does what is not done
 * yet and may be stopped and started at any time; runs stay in the folder, and what they came to in bench/quality/measured.
 *   --out FOLDER     runs/quality     --only a,b       grids by name (bench/quality/*.yaml)
 *   --jobs N         1                --threads N      cores shared out
 *   --device NAME    onnxruntime      --document       only write the document, from what is there
 */
const root = join(import.meta.dirname, '..', '..');
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'runs', 'quality') },
    only: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    threads: { type: 'string' },
    device: { type: 'string', default: 'onnxruntime' },
    document: { type: 'boolean', default: false },
  },
});
const out = resolve(options.out);
/** In the document's order; a grid that no section names is run all the same. */
const named = sections.flatMap((section) => section.grids);
const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''))
  .sort((a, b) => named.indexOf(a) - named.indexOf(b));
const chosen = options.only?.split(',') ?? all;

if (!options.document) {
  for (const id of chosen) sweep(id);
}
await writeDocument();

function sweep(id: string): void {
  console.log(`\n${id}`);
  const threads = options.threads === undefined ? [] : ['--threads', options.threads];
  const words = [
    'sweep',
    gridFile(id),
    '--out',
    join(out, id),
    '--device',
    options.device,
    '--jobs',
    options.jobs,
  ];
  const { status } = spawnSync(process.execPath, [join(root, 'main', 'cli.ts'), ...words, ...threads], {
    stdio: 'inherit',
  });
  // Runs that failed are told in the document; anything else ends here.
  if (status !== 0 && status !== 1) process.exit(status ?? 1);
}

async function writeDocument(): Promise<void> {
  const folder = join(root, 'docs', 'results');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const grids: GridRuns[] = [];
  for (const id of all) {
    const { grid, runs, problems } = checkGrid(readFileSync(gridFile(id), 'utf8'), `${id}.yaml`);
    if (grid === null || problems.length > 0)
      throw new Error(problems.map(({ message }) => message).join('\n'));
    const found = await measurements(id, runs, out);
    keep(id, found);
    const noted = notedResults(id);
    const results = runs.map((run): RunResult => {
      const row = rowOf(run, found.get(run.folder));
      const { state, problem } = noted.get(run.folder) ?? {};
      return { ...row, ...(row.state !== 'finished' && state === 'failed' && { state, problem }) };
    });
    const summary = summarize(grid.name ?? id, results);
    const chart = sweepChart(summary, branchOf(summary));
    const drawn = chart !== '' && makesCurves(summary);
    if (drawn) writeFileSync(join(folder, `${id}.svg`), chart);
    grids.push({
      id,
      grid,
      runs: results,
      measured: [...found.values()],
      ...(drawn && { chart: `results/${id}.svg` }),
    });
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const text = await format(resultsPage(grids, machine), { parser: 'markdown', printWidth: 110 });
  writeFileSync(join(root, 'docs', 'results.md'), text);
  const finished = grids.reduce((sum, { measured }) => sum + measured.length, 0);
  console.log(
    `docs/results.md: ${finished} of ${grids.reduce((sum, { runs }) => sum + runs.length, 0)} runs`,
  );
}

/** Scattered points are no curves: most series must be there at several budgets. */
function makesCurves({ cells }: SweepResults): boolean {
  const series = [...Map.groupBy(cells, (cell) => cell.series).values()];
  return series.filter((own) => own.length > 1).length * 2 > series.length;
}

/** What the sweep noted of runs without a report: why they failed. */
function notedResults(id: string): Map<string, RunResult> {
  try {
    const text = readFileSync(join(out, id, 'results.json'), 'utf8');
    const { runs } = JSON.parse(text) as { runs: RunResult[] };
    return new Map(runs.map((run) => [run.folder, run]));
  } catch {
    return new Map();
  }
}

function gridFile(id: string): string {
  return join(import.meta.dirname, `${id}.yaml`);
}
