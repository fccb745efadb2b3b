import { readFile } from 'node:fs/promises';
import { pathsIn } from '../../contract/paths.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import { EspalierError, inputError, toProblem } from '../../contract/errors.ts';
import { resolve } from 'node:path';
import { writeFileAtomic } from '../../files/atomic.ts';
import { driveEngine } from '../engine-run.ts';
import type { StartEngine } from '../host.ts';
import { CANCELLED, readJob } from './job.ts';
import { endFile, taskFile } from './slurm.ts';
import { isFinished, orderOnStorage } from './worker-place.ts';

export interface SlurmTaskOptions {
  /** The folder of the array job's payloads. */
  readonly batch: string;
  /** The sweep's folder. */
  readonly storage: string;
  readonly version: string;
  readonly startEngine: StartEngine;
  /** Calls back when the task is to end: Slurm asks by SIGTERM. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

/**
 * Does the run of one task of an array job, from its checkpoint where it has one, and notes how it ended.
 * @returns whether it finished
 */
export async function doSlurmTask(options: SlurmTaskOptions): Promise<boolean> {
  const index = Number(process.env.SLURM_ARRAY_TASK_ID);
  if (!Number.isInteger(index) || index < 0) {
    throw inputError('executor/no-task', 'This is no task of an array job: SLURM_ARRAY_TASK_ID is missing.', {
      field: '--slurm',
      remedy: 'Submit with `espalier sweep --on slurm`.',
    });
  }
  const { batch } = options;
  const note = (end: object) => writeFileAtomic(endFile(batch, index), JSON.stringify(end));
  try {
    await run(options, taskFile(batch, index));
    await note({ state: 'finished' });
    return true;
  } catch (error) {
    await note({ state: 'failed', problem: toProblem(error) });
    return false;
  }
}

async function run(
  { version, storage, startEngine, onInterrupt }: SlurmTaskOptions,
  file: string,
): Promise<void> {
  const job = readJob(JSON.parse(await readFile(file, 'utf8')), version);
  if (job.place.kind !== 'storage') throw new Error('a task of Slurm is on storage');
  // The nodes' person is the submitter: what the recipe names may be read wherever it is.
  const { baseFolder } = job.place;
  const data = pathsIn(recipeSchema, job.recipe).map(({ parts: [first = ''] }) => resolve(baseFolder, first));
  const order = await orderOnStorage(job, job.place, { storage, data, cache: storage });
  if (await isFinished(order.folder)) return;
  const engine = driveEngine(startEngine('run'), order, () => undefined);
  const ignore = onInterrupt(() => engine.cancel());
  try {
    const { state } = await engine.outcome;
    if (state === 'cancelled') throw new EspalierError(CANCELLED);
  } finally {
    ignore();
  }
}
