import { z } from 'zod';
import type { Project } from '../contract/api.ts';
import { inputError } from '../contract/errors.ts';
import { reportSchema } from '../contract/report.ts';
import { metricPointSchema } from '../contract/run.ts';
import { isActive } from '../jobs/states.ts';
import type { Store } from '../store/store.ts';
import {
  artifactsFileSchema,
  layersFileSchema,
  logFileSchema,
  runFileSchema,
  SWEEPS,
  sweepsFileSchema,
} from './format.ts';
import { openArchive } from './open.ts';
import type { ProjectArchive } from './open.ts';

/**
 * Makes a new project of an archive, with all its runs: all of it or nothing.
 * @param file absolute
 * @throws EspalierError 'archive/...' or 'data/...' for a file that is no sound archive
 */
export async function importProject(store: Store, file: string): Promise<Project> {
  const archive = await openArchive(file);
  try {
    const { name } = archive.manifest.project;
    // Whatever ends the program meanwhile, what is left says what it is.
    const { id } = store.projects.create(`${name.slice(0, 180)} (import unfinished)`);
    try {
      const runs: number[] = [];
      for (let n = 1; n <= archive.manifest.runs; n++)
        runs.push(await importRun(store, id, archive, n, file));
      await importSweeps(store, id, archive, runs, file);
    } catch (error) {
      store.projects.remove(id);
      throw error;
    }
    return store.projects.rename(id, name);
  } finally {
    await archive.close();
  }
}

/** @param runs ids of the runs that were brought in, in the archive's order */
async function importSweeps(
  store: Store,
  projectId: number,
  archive: ProjectArchive,
  runs: readonly number[],
  file: string,
): Promise<void> {
  for (const sweep of (await archive.json(SWEEPS, sweepsFileSchema)) ?? []) {
    const places = new Map(sweep.runs.map(({ run, ...place }) => [run, place]));
    if (places.size < sweep.runs.length || sweep.runs.some(({ run }) => run > runs.length)) {
      throw inputError('archive/damaged', 'A sweep names a run twice, or one that is not there.', {
        file,
        field: SWEEPS,
        remedy: 'Give an archive that Espalier exported, as it was written.',
      });
    }
    const id = store.sweeps.create(projectId, sweep.name, sweep.grid, sweep.createdAt);
    for (const [run, place] of places) store.sweeps.add(id, runs[run - 1] as number, place);
  }
}

/** @returns its id here */
async function importRun(
  store: Store,
  projectId: number,
  archive: ProjectArchive,
  n: number,
  file: string,
): Promise<number> {
  const at = (name: string) => `runs/${n}/${name}.json`;
  const run = await archive.json(at('run'), runFileSchema);
  if (run === null) {
    throw inputError('archive/damaged', 'A run that the manifest counts is missing.', {
      file,
      field: at('run'),
      remedy: 'Give an archive that Espalier exported, as it was written.',
    });
  }
  const report = await archive.json(at('report'), reportSchema);
  const { name, recipe, deviceWanted, tags, ...rest } = run;
  // Its process and its checkpoint are elsewhere.
  const ended = !isActive(run.state) && run.state !== 'queued';
  const id = store.runs.bring(projectId, name, recipe, deviceWanted, {
    ...rest,
    state: ended ? run.state : 'interrupted',
    ...(report === null ? {} : { report }),
  });
  store.tags.change([id], tags, []);
  store.metrics.add(id, (await archive.json(at('metrics'), z.array(metricPointSchema))) ?? []);
  for (const { epoch, layers } of (await archive.json(at('layers'), layersFileSchema)) ?? [])
    store.layers.set(id, epoch, layers);
  for (const line of (await archive.json(at('log'), logFileSchema)) ?? []) store.logs.add(id, line);
  for (const file of (await archive.json(at('artifacts'), artifactsFileSchema)) ?? []) {
    const content = await archive.content(`blobs/${file.sha256}`);
    const kept = await store.artifacts.put(id, { name: file.name, kind: file.kind, content });
    if (file.measured !== null) store.artifacts.measured(kept.id, file.measured);
  }
  return id;
}
