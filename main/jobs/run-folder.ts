import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inputError } from '../contract/errors.ts';
import { recipeSchema } from '../contract/recipe.ts';
import type { Report } from '../contract/report.ts';
import { reportSchema } from '../contract/report.ts';
import { CHECKPOINT_FILE } from '../files/checkpoint-file.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError, systemCode } from '../files/problems.ts';
import type { Start } from './engine-run.ts';

/** What a run was started with: enough to go on with it. */
const runFileSchema = z.object({
  version: z.literal(1),
  recipe: recipeSchema,
  /** Absolute folder that relative paths in the recipe start from. */
  baseFolder: z.string(),
  device: z.string(),
  /** Threads for devices that take a number; results are reproducible for one number of them. */
  threads: z.number().int().positive().optional(),
});
export type RunFile = z.infer<typeof runFileSchema>;

export const RUN_FILE = 'run.json';
export const REPORT_FILE = 'report.json';

/**
 * Makes a run's folder and notes there what the run is.
 * @param shown the folder as the user named it
 * @throws EspalierError when there is a run already and `overwrite` was not asked for, or nothing can be written there
 */
export async function createRunFolder(
  folder: string,
  shown: string,
  run: Omit<RunFile, 'version'>,
  overwrite: boolean,
): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, shown, 'make this folder');
  });
  if ((await readJson(folder, RUN_FILE)) !== undefined) {
    if (!overwrite) {
      throw inputError('run/exists', 'There is a run in this folder already.', {
        file: shown,
        remedy: `Go on with it (espalier resume ${shown}), choose another folder, or pass --overwrite.`,
      });
    }
    for (const name of [CHECKPOINT_FILE, REPORT_FILE, 'report.html'])
      await rm(join(folder, name), { force: true });
  }
  const text = `${JSON.stringify({ version: 1, ...run } satisfies RunFile, null, 2)}\n`;
  await writeFileAtomic(join(folder, RUN_FILE), text);
}

/**
 * The order that does a run in its folder: from the checkpoint there, with what it was begun with, or from the beginning.
 * @throws EspalierError when the folder cannot be read or written
 */
export async function orderFor(folder: string, run: Omit<RunFile, 'version'>): Promise<Start> {
  const begun = existsSync(join(folder, CHECKPOINT_FILE)) ? await readRunFile(folder, folder) : undefined;
  if (begun === undefined) await createRunFolder(folder, folder, run, true);
  const { recipe, baseFolder, device, threads } = begun ?? run;
  return { type: 'start', recipe, baseFolder, device, threads, folder, resume: begun !== undefined };
}

/** What runs of a sweep share in its folder: dense trainings, and logs that hold several runs. */
export function sharedIn(sweep: string): Pick<Start, 'sharedDense' | 'logsFolder'> {
  return { sharedDense: join(sweep, 'dense'), logsFolder: sweep };
}

/** @throws EspalierError when the folder holds no run */
export async function readRunFile(folder: string, shown: string): Promise<RunFile> {
  return parse(runFileSchema, await readJson(folder, RUN_FILE), shown, RUN_FILE);
}

/** @throws EspalierError when the folder holds no finished run */
export async function readRunReport(folder: string, shown: string): Promise<Report> {
  return parse(reportSchema, await readJson(folder, REPORT_FILE), shown, REPORT_FILE);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, shown: string, name: string): T {
  if (value === undefined) {
    throw inputError('run/missing', `This folder has no ${name}.`, {
      file: shown,
      remedy:
        name === RUN_FILE
          ? 'Give the folder that was given to `espalier compress --out`.'
          : 'Finish the run first: espalier resume.',
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw inputError('run/damaged', `${name} is not what Espalier wrote: ${issue?.message ?? 'not JSON'}.`, {
    file: shown,
    field: issue?.path.join('.'),
    remedy: 'Start the run again in another folder.',
  });
}

/** The file's value; undefined when it is not there, null when it is not JSON. */
async function readJson(folder: string, name: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw fileError(error, join(folder, name), 'read this file');
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
