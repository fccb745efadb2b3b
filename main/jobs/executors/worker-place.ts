import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { runError } from '../../contract/errors.ts';
import { pathsIn } from '../../contract/paths.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import { resolveInside } from '../../files/confine.ts';
import { Roots } from '../../files/roots.ts';
import { fileError, systemCode } from '../../files/problems.ts';
import type { Start } from '../engine-run.ts';
import { createRunFolder, orderFor, readRunReport, sharedIn } from '../run-folder.ts';
import { fileEntrySchema, type RunJob } from './job.ts';
import type { RedisFiles } from './redis-files.ts';

/** What a worker may read and write. */
export interface WorkerRoots {
  /** The storage that it shares with who submits runs, where there is one. */
  readonly storage?: string;
  /** Folders with data that recipes may name. */
  readonly data: readonly string[];
  /** Where it keeps what came along with runs. */
  readonly cache: string;
}

type Place<K extends RunJob['place']['kind']> = Extract<RunJob['place'], { kind: K }>;

/**
 * The order that does a run on storage, from its checkpoint where it has one.
 * @throws EspalierError where the worker has no storage, or a path leads out of its roots
 */
export async function orderOnStorage(
  job: RunJob,
  place: Place<'storage'>,
  roots: WorkerRoots,
): Promise<Start> {
  const { storage, data } = roots;
  if (storage === undefined) {
    throw runError('executor/no-storage', 'The run is on storage, and this worker was given none.', {
      field: '--storage',
      remedy: 'Start workers with the folder of the same storage, or submit without one.',
    });
  }
  const folder = await resolveInside([storage], place.folder);
  const { recipe, device, threads } = job;
  const baseFolder = resolve(storage, place.baseFolder);
  // Who began the run may have seen the storage under another path.
  const order = { ...(await orderFor(folder, { recipe, baseFolder, device, threads })), baseFolder };
  // What is on the storage says what is read just as the payload does.
  const may = new Roots([storage, ...data], order.baseFolder);
  for (const { parts } of pathsIn(recipeSchema, order.recipe)) await may.resolve(...parts);
  return { ...order, ...sharedIn(await resolveInside([storage], place.sweep ?? '.')) };
}

/**
 * The order that does a run whose files travel through the server: in a folder of the cache, with what the server has of it.
 * @param folder a folder for this attempt alone
 * @throws EspalierError where the server does not have what the recipe names, or the disk is full
 */
export async function orderFromServer(
  job: RunJob,
  place: Place<'carried'>,
  { folder, cache, own, data }: { folder: string; cache: string; own: RedisFiles; data: RedisFiles },
): Promise<Start> {
  const { recipe, device, threads } = job;
  const places: Record<string, string> = {};
  for (const input of place.inputs) places[input.shown] = await brought(input, cache, data);
  const named = pathsIn(recipeSchema, recipe);
  for (const { field, parts } of named) {
    const [shown = '', inner] = parts;
    const full = places[shown];
    if (full === undefined) {
      throw runError('executor/missing-data', `The recipe names ${shown}, which did not come along.`, {
        field,
        remedy: 'Submit the run again.',
      });
    }
    if (inner !== undefined) await resolveInside([full], inner);
  }
  await createRunFolder(folder, folder, { recipe, baseFolder: folder, device, threads }, true);
  for (const file of await own.list()) await own.fetch(file, folder, 'the run');
  return {
    ...(await orderFor(folder, { recipe, baseFolder: folder, device, threads })),
    places,
    sharedDense: join(cache, 'dense'),
  };
}

/** What a recipe names, fetched once a cache. Tells where it is. */
async function brought(
  { list, kind, main }: Place<'carried'>['inputs'][number],
  cache: string,
  data: RedisFiles,
): Promise<string> {
  const folder = join(cache, 'data', list);
  const aside = join(cache, 'data', `.${list}-${process.pid}-${Date.now()}`);
  const what = main ?? 'a data set';
  const files = z.array(fileEntrySchema).parse(JSON.parse(await data.text(list, what)));
  const there = await resolveInside([join(cache, 'data')], folder).then(
    () => true,
    () => false,
  );
  if (!there) {
    try {
      await mkdir(aside, { recursive: true });
      for (const file of files) await data.fetch(file, aside, what);
      await rename(aside, folder).catch((error: unknown) => {
        // Another run brought it meanwhile.
        if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error;
      });
    } catch (error) {
      throw systemCode(error) === null ? error : fileError(error, folder, 'write the data set');
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
  return kind === 'folder' ? folder : join(folder, main ?? '');
}

/** Whether the run in a folder has left its report. */
export const isFinished = (folder: string): Promise<boolean> =>
  readRunReport(folder, folder).then(
    () => true,
    () => false,
  );
