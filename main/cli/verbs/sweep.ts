import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { withLogs, type LogKind } from '../../contract/logs.ts';
import { Option } from 'commander';
import { inputError } from '../../contract/errors.ts';
import { executorKindSchema, type ExecutorKind } from '../../contract/executors.ts';
import { checkGrid, type GridRun } from '../../engine/sweep/expand.ts';
import { summarize, toCsv, type RunResult, type SweepResults } from '../../engine/sweep/results.ts';
import { sweepChart } from '../../engine/sweep/chart.ts';
import { branchOf, renderSweep } from '../../engine/sweep/page.ts';
import { renderSweepTable } from '../../engine/sweep/table.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/problems.ts';
import { openExecutor } from '../../jobs/executors/index.ts';
import { ExitCode } from '../context.ts';
import type { CommonOptions } from '../options.ts';
import { count, logOption, partitionName, queueName, withCommonOptions } from '../options.ts';
import { ProblemsError, readText } from '../recipe-file.ts';
import { runSweep } from '../sweep-runs.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly out: string;
  readonly jobs: number;
  readonly threads?: number;
  readonly log?: readonly LogKind[];
  readonly dryRun: boolean;
  readonly on: ExecutorKind;
  readonly redis?: string;
  readonly redisFile?: string;
  readonly queue?: string;
  readonly storage?: string;
  readonly partition?: string;
}

export const sweep: Verb = (program, context, finish) => {
  const command = program
    .command('sweep <grid>')
    .description('run a grid of paradigms, budgets and seeds; run it again to go on where it stopped')
    .requiredOption('--out <folder>', "the sweep's folder: runs, results (.html, .csv, .json) and chart.svg")
    .addOption(
      new Option('--on <executor>', 'who does the runs')
        .choices(executorKindSchema.options)
        .default('local' satisfies ExecutorKind),
    )
    .option('--jobs <n>', 'on this machine: runs at a time', count, 1)
    .option('--threads <n>', 'threads of each run; the cores shared out if left out, elsewhere 1', count)
    .option(
      '--redis <url>',
      'redis://host:port or rediss:// (TLS), without a password (see `espalier worker`)',
    )
    .option('--redis-file <file>', 'private file with the whole address')
    .option('--queue <name>', "the workers' queue on the server", queueName)
    .option(
      '--storage <folder>',
      'folder that all workers see, with the sweep in it; files travel if left out',
    )
    .option(
      '--partition <name>',
      "on a Slurm cluster: where the runs go; the cluster's default if left out",
      partitionName,
    )
    .addOption(logOption())
    .option('--dry-run', 'list the runs and do none', false);
  withCommonOptions(command).action(async (file: string, options: Options) => {
    const path = resolve(context.cwd, file);
    const { grid, runs, problems } = checkGrid(await readText(path, file), file);
    if (grid === null || problems.length > 0) throw new ProblemsError(problems);
    const chosen = logged(withSeed(runs, options.seed, file), options.log);
    if (options.dryRun) {
      context.stdout.write(
        `${options.json ? JSON.stringify(chosen, null, 2) : chosen.map((run) => run.folder).join('\n')}\n`,
      );
      return;
    }
    const folder = resolve(context.cwd, options.out);
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw fileError(error, options.out, 'make this folder');
    });
    const name = grid.name ?? file;
    const at = (place: string | undefined) => (place === undefined ? undefined : resolve(context.cwd, place));
    const executor = await openExecutor(options.on, {
      version: context.version,
      startEngine: context.startEngine,
      places: options.jobs,
      sweep: folder,
      program: join(context.root, 'resources', 'bin', 'espalier.mjs'),
      redis: options.redis,
      redisFile: at(options.redisFile),
      queue: options.queue,
      storage: at(options.storage),
      partition: options.partition,
    });
    const shared = options.on === 'local' ? Math.floor(availableParallelism() / options.jobs) : 1;
    const { results, cancelled } = await runSweep(context, chosen, {
      folder,
      baseFolder: dirname(path),
      device: options.device ?? 'auto',
      executor,
      threads: options.threads ?? Math.max(1, shared),
      say: (text) => void (options.quiet || context.stderr.write(`${text}\n`)),
      changed: (now) => writeResults(folder, summarize(name, now)),
    }).finally(() => executor.close());
    const summary = summarize(name, results);
    const shown = relative(context.cwd, folder) || '.';
    context.stdout.write(`${options.json ? JSON.stringify(summary, null, 2) : describe(summary, shown)}\n`);
    const failed = results.some((run) => run.state === 'failed');
    finish(cancelled ? ExitCode.cancelled : failed ? ExitCode.failed : ExitCode.done);
  });
};

/** Files that a sweep leaves beside its runs, up to date after every run. */
async function writeResults(folder: string, results: SweepResults): Promise<void> {
  await writeFileAtomic(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  await writeFileAtomic(join(folder, 'results.csv'), toCsv(results.runs));
  await writeFileAtomic(join(folder, 'results.html'), renderSweep(results));
  const chart = sweepChart(results, branchOf(results));
  if (chart !== '') await writeFileAtomic(join(folder, 'chart.svg'), chart);
}

function describe(results: SweepResults, shown: string): string {
  const of = (state: RunResult['state']) => results.runs.filter((run) => run.state === state);
  const failed = of('failed').map((run) => `Failed: ${run.series}, seed ${run.seed}: ${run.problem ?? ''}`);
  const missing = of('missing').length;
  return [
    ...(results.cells.length === 0 ? [] : [renderSweepTable(results), '']),
    ...failed,
    ...(missing === 0 ? [] : [`${missing} runs are missing: the same command goes on with them.`]),
    `Files: results.html, chart.svg, results.csv and results.json in ${shown}`,
  ].join('\n');
}

/** The runs with further logs; a run is the same whether it is logged or not. */
function logged(runs: readonly GridRun[], kinds: readonly LogKind[] = []): readonly GridRun[] {
  if (kinds.length === 0) return runs;
  return runs.map((run) => ({ ...run, recipe: { ...run.recipe, logs: withLogs(run.recipe.logs, kinds) } }));
}

/** --seed takes one of the grid's seeds. */
function withSeed(runs: readonly GridRun[], seed: number | undefined, file: string): readonly GridRun[] {
  const chosen = runs.filter(({ recipe }) => seed === undefined || recipe.seed === seed);
  if (chosen.length > 0) return chosen;
  throw inputError('sweep/seed', `The grid has no seed ${seed}.`, {
    file,
    field: '--seed',
    remedy: 'Choose one of its seeds, or add it to them.',
  });
}
