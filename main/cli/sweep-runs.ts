import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Problem } from '../contract/errors.ts';
import { toProblem } from '../contract/errors.ts';
import type { Report } from '../contract/report.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { formatDuration, formatPercent, formatPlural } from '../words/format.ts';
import { goingOf } from '../words/sweep.ts';
import type { GridRun } from '../engine/sweep/expand.ts';
import { recipeId } from '../engine/sweep/identity.ts';
import { resultOf, type RunResult } from '../engine/sweep/results.ts';
import type { Executor, RunEnd } from '../jobs/executors/executor.ts';
import { readRunReport } from '../jobs/run-folder.ts';
import type { CliContext } from './context.ts';

export interface SweepOptions {
  /** Folder of the sweep; each run has one of its own in `runs`. */
  readonly folder: string;
  /** Folder that relative paths in the recipes start from. */
  readonly baseFolder: string;
  readonly device: string;
  readonly executor: Executor;
  /** Threads of each run. */
  readonly threads: number;
  readonly say: (text: string) => void;
  /** Called after each run, and once at the beginning. */
  readonly changed?: (results: readonly RunResult[]) => Promise<void>;
}

export interface SweepOutcome {
  readonly results: readonly RunResult[];
  readonly cancelled: boolean;
}

/** The report of a run that has finished in this folder with this very recipe. */
export async function finishedReport(folder: string, run: GridRun): Promise<Report | undefined> {
  const report = await readRunReport(folder, folder).catch(() => undefined);
  return report !== undefined && recipeId(report.recipe) === recipeId(run.recipe) ? report : undefined;
}

const sweepFileSchema = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });

/** What the sweep in this folder is called by executors: the same every time, so that its runs are found again. */
async function sweepId(folder: string): Promise<string> {
  const file = join(folder, 'sweep.json');
  try {
    return sweepFileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).id;
  } catch {
    const id = randomBytes(8).toString('hex');
    await writeFileAtomic(file, `${JSON.stringify({ id })}\n`);
    return id;
  }
}

/**
 * Does the runs of a sweep that are not done yet: what is finished is skipped, what was interrupted goes on from its
 * checkpoint, what fails is noted and does not stop the others.
 */
export async function runSweep(
  context: CliContext,
  runs: readonly GridRun[],
  options: SweepOptions,
): Promise<SweepOutcome> {
  const { executor, folder, baseFolder, device, threads, say } = options;
  const results = new Map<string, RunResult>();
  const waiting = new Map<string, GridRun>();
  const sweep = await sweepId(folder);
  const folderOf = (run: GridRun) => join(folder, 'runs', run.folder);
  for (const run of runs) {
    const report = await finishedReport(folderOf(run), run);
    results.set(run.folder, resultOf(run, report));
    if (report === undefined) waiting.set(`${sweep}-${run.folder}`, run);
  }
  const progress = new SweepProgress(waiting.size);
  const skipped = runs.length - waiting.size;
  say(`${runs.length} runs, ${skipped} of them finished already; ${await howMany(executor, threads)}.`);
  const changed = () => options.changed?.([...results.values()]);
  const all = Promise.withResolvers<void>();
  let left = waiting.size;
  let cancelled = false;
  // Results enter the table one after another, each when its folder is here.
  let last = Promise.resolve();
  let waitingToEnter = 0;
  const tellOf = (run: GridRun, id: string, end: RunEnd, report?: Report, problem?: Problem): void => {
    const what = `${run.series} at ${goingOf(resultOf(run, undefined))}, seed ${run.recipe.seed}`;
    const how =
      report === undefined ? `failed: ${problem?.message}` : formatPercent(report.compressed.accuracy);
    const again = end.retries === 0 ? '' : `, begun again ${formatPlural(end.retries, 'time')}`;
    say(
      `[${progress.finished + skipped}/${runs.length}] ${what}: ${how} (${progress.took(id)}${again})  ${progress.left()}`,
    );
  };
  const enter = async (run: GridRun, id: string, end: RunEnd): Promise<void> => {
    const { report, problem } = await resultFrom(executor, run, id, end, folderOf(run));
    if (report !== undefined || problem !== undefined) {
      progress.set(id, 1);
      results.set(run.folder, resultOf(run, report, problem));
      tellOf(run, id, end, report, problem);
    }
    // Of several that ended together, the last writes the files for all: they are as long as the sweep.
    if (waitingToEnter === 0) await changed();
  };
  executor.watch({
    message(id, message) {
      if (message.type === 'progress') progress.set(id, message.progress.fraction);
      else progress.begin(id);
    },
    ended(id, end) {
      const run = waiting.get(id);
      if (run === undefined) return;
      waitingToEnter++;
      last = last
        .then(() => {
          waitingToEnter--;
          return enter(run, id, end);
        })
        .catch((error: unknown) => all.reject(error as Error));
      if (--left === 0) void last.then(all.resolve);
    },
    warn: (text) => say(`Warning: ${text}`),
  });
  const ignore = context.onInterrupt(() => {
    say(
      cancelled
        ? 'Ending what is at work at once.'
        : 'Cancelling at the next step; checkpoints are kept. Ctrl-C again ends it at once.',
    );
    cancelled = true;
    executor.cancel().catch((error: unknown) => all.reject(error as Error));
  });
  try {
    await changed();
    if (left === 0) all.resolve();
    const submissions = [...waiting].map(([id, run]) => ({
      id,
      folder: folderOf(run),
      run: { recipe: run.recipe, baseFolder, device, threads },
    }));
    await Promise.all([executor.submit(submissions), all.promise]);
  } finally {
    ignore();
  }
  return { results: [...results.values()], cancelled };
}

/** What a run that has ended came to, with its folder brought here; nothing where it was cancelled. */
async function resultFrom(
  executor: Executor,
  run: GridRun,
  id: string,
  end: RunEnd,
  folder: string,
): Promise<{ report?: Report; problem?: Problem }> {
  try {
    await executor.collect(id);
    if (end.state === 'cancelled') return {};
    if (end.state === 'failed') return { problem: end.problem };
    const report = await finishedReport(folder, run);
    return { report: report ?? (await readRunReport(folder, folder)) };
  } catch (error) {
    return { problem: toProblem(error) };
  }
}

/** '2 at a time with 1 thread each', or where they go and to how many workers. */
async function howMany(executor: Executor, threads: number): Promise<string> {
  const { kind, place, workers } = await executor.status();
  const each = `${formatPlural(threads, 'thread')} each`;
  if (kind === 'local') return `${workers} at a time with ${each}`;
  return `on ${place}: ${formatPlural(workers, 'worker')} now, ${each}`;
}

/** How much of a sweep is done, and how long the rest will take at the speed so far. */
class SweepProgress {
  private readonly fractions = new Map<string, number>();
  private readonly starts = new Map<string, number>();
  private readonly total: number;
  private readonly start = performance.now();

  /** @param total runs that are to be done. */
  constructor(total: number) {
    this.total = total;
  }

  /** The run is at work. */
  begin(run: string): void {
    if (!this.starts.has(run)) this.starts.set(run, performance.now());
  }

  set(run: string, fraction: number): void {
    this.begin(run);
    this.fractions.set(run, fraction);
  }

  /** How long a run has been at work. */
  took(run: string): string {
    return formatDuration((performance.now() - (this.starts.get(run) ?? this.start)) / 1000);
  }

  get finished(): number {
    return [...this.fractions.values()].filter((fraction) => fraction === 1).length;
  }

  left(): string {
    const done = [...this.fractions.values()].reduce((sum, fraction) => sum + fraction, 0);
    if (done === 0 || done >= this.total) return '';
    const seconds = (performance.now() - this.start) / 1000;
    return `ETA ${formatDuration((seconds / done) * (this.total - done))}`;
  }
}
