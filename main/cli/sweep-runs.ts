import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../contract/errors.ts';
import { toProblem } from '../contract/errors.ts';
import type { EngineMessage } from '../contract/messages.ts';
import type { Report } from '../contract/report.ts';
import { CHECKPOINT_FILE } from '../files/checkpoint-file.ts';
import { formatDuration, formatPercent } from '../words/format.ts';
import { goingOf } from '../words/sweep.ts';
import type { GridRun } from '../engine/sweep/expand.ts';
import { recipeId } from '../engine/sweep/identity.ts';
import { resultOf, type RunResult } from '../engine/sweep/results.ts';
import type { CliContext } from './context.ts';
import { createRunFolder, readRunFile, readRunReport } from './run-folder.ts';
import { runEngine } from './run.ts';

export interface SweepOptions {
  /** Folder of the sweep; each run has one of its own in `runs`. */
  readonly folder: string;
  /** Folder that relative paths in the recipes start from. */
  readonly baseFolder: string;
  readonly device: string;
  /** Runs at a time. */
  readonly jobs: number;
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

/**
 * Does the runs of a sweep that are not done yet, each in a process of its own: what is finished is skipped, what was
 * interrupted goes on from its checkpoint, what fails is noted and does not stop the others.
 */
export async function runSweep(
  context: CliContext,
  runs: readonly GridRun[],
  options: SweepOptions,
): Promise<SweepOutcome> {
  const results = new Map<string, RunResult>();
  const waiting: GridRun[] = [];
  for (const run of runs) {
    const report = await finishedReport(join(options.folder, 'runs', run.folder), run);
    results.set(run.folder, resultOf(run, report));
    if (report === undefined) waiting.push(run);
  }
  const progress = new SweepProgress(waiting.length);
  const skipped = runs.length - waiting.length;
  options.say(
    `${runs.length} runs, ${skipped} of them finished already; ${options.jobs} at a time with ${options.threads} ${options.threads === 1 ? 'thread' : 'threads'} each.`,
  );
  let cancelled = false;
  const ignore = context.onInterrupt(() => {
    cancelled = true;
  });
  const changed = () => options.changed?.([...results.values()]);
  const work = async (): Promise<void> => {
    for (;;) {
      const run = waiting.shift();
      if (run === undefined || cancelled) return;
      const start = performance.now();
      const { report, problem, stopped } = await runOne(context, run, options, (fraction) =>
        progress.set(run.folder, fraction),
      );
      if (stopped) return;
      progress.set(run.folder, 1);
      results.set(run.folder, resultOf(run, report, problem));
      const what = `${run.series} at ${goingOf(resultOf(run, undefined))}, seed ${run.recipe.seed}`;
      const how =
        report === undefined ? `failed: ${problem?.message}` : formatPercent(report.compressed.accuracy);
      const seconds = formatDuration((performance.now() - start) / 1000);
      options.say(
        `[${progress.finished + skipped}/${runs.length}] ${what}: ${how} (${seconds})  ${progress.left()}`,
      );
      await changed();
    }
  };
  try {
    await changed();
    await Promise.all(Array.from({ length: options.jobs }, work));
  } finally {
    ignore();
  }
  return { results: [...results.values()], cancelled };
}

interface Ended {
  readonly report?: Report;
  readonly problem?: Problem;
  /** The person ended it; it can be gone on with. */
  readonly stopped: boolean;
}

async function runOne(
  context: CliContext,
  run: GridRun,
  { folder: sweep, baseFolder, device, threads, say }: SweepOptions,
  tell: (fraction: number) => void,
): Promise<Ended> {
  const folder = join(sweep, 'runs', run.folder);
  const show = (message: EngineMessage) => {
    if (message.type === 'progress') tell(message.progress.fraction);
  };
  try {
    const begun = existsSync(join(folder, CHECKPOINT_FILE)) ? await readRunFile(folder, folder) : undefined;
    const start = begun ?? { recipe: run.recipe, baseFolder, device, threads };
    if (begun === undefined) await createRunFolder(folder, folder, start, true);
    const outcome = await runEngine(
      context,
      {
        type: 'start',
        ...start,
        folder,
        resume: begun !== undefined,
        sharedDense: join(sweep, 'dense'),
        logsFolder: sweep,
      },
      { show, say, close: () => undefined },
    );
    return outcome.state === 'finished' ? { report: outcome.report, stopped: false } : { stopped: true };
  } catch (error) {
    return { problem: toProblem(error), stopped: false };
  }
}

/** How much of a sweep is done, and how long the rest will take at the speed so far. */
class SweepProgress {
  private readonly fractions = new Map<string, number>();
  private readonly total: number;
  private readonly start = performance.now();

  /** @param total runs that are to be done. */
  constructor(total: number) {
    this.total = total;
  }

  set(run: string, fraction: number): void {
    this.fractions.set(run, fraction);
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
