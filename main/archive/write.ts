import { setImmediate as breathe } from 'node:timers/promises';
import { runError } from '../contract/errors.ts';
import { sha256 } from '../files/hash.ts';
import type { RunRecord } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';
import { MANIFEST, MOST_ENTRIES, SWEEPS, type Manifest, type SweepsFile } from './format.ts';
import { ZipStream } from './zip-stream.ts';

/** Sizes beyond this need a wider form of zip. */
const MOST_ZIP_BYTES = 4_000_000_000;
/** JSON files of a run, and some room for names. */
const ENTRIES_A_RUN = 6;

/** What a project's archive is called. */
export const archiveName = (project: string): string =>
  `${project.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_').slice(0, 100)}.espalier-project.zip`;

/**
 * A project with all its runs outside the trash, as the bytes of an archive.
 * @param version of the program
 * @throws EspalierError 'project/missing', 'archive/too-large', or 'store/corrupt' for what the database does not give back whole
 */
export async function* writeProject(
  store: Store,
  projectId: number,
  version: string,
): AsyncGenerator<Uint8Array> {
  const project = store.projects.get(projectId);
  const { runs, leftOut } = runsOf(store, projectId);
  refuseTooLarge(store, runs);
  const zip = new ZipStream();
  const entries: Manifest['entries'] = [];
  const add = (path: string, content: Uint8Array) => {
    entries.push({ path, bytes: content.byteLength, sha256: sha256(content) });
    return zip.add(path, content);
  };
  const kept = new Set<string>();
  let number = 0;
  for (const run of runs) {
    number++;
    for (const [name, value] of Object.entries(filesOf(store, run))) {
      if (value !== null) yield* add(`runs/${number}/${name}.json`, Buffer.from(JSON.stringify(value)));
      await breathe();
    }
    for (const artifact of store.artifacts.ofRun(run.id)) {
      if (kept.has(artifact.sha256)) continue;
      kept.add(artifact.sha256);
      yield* add(`blobs/${artifact.sha256}`, await store.artifacts.content(artifact.id));
    }
  }
  const sweeps = sweepsOf(store, projectId, runs);
  if (sweeps.length > 0) yield* add(SWEEPS, Buffer.from(JSON.stringify(sweeps)));
  const manifest: Manifest = {
    format: 'espalier-project',
    version: 1,
    espalier: version,
    project: { name: project.name, createdAt: project.createdAt },
    runs: runs.length,
    leftOut,
    entries,
  };
  yield* zip.add(MANIFEST, Buffer.from(JSON.stringify(manifest, null, 2)));
  yield* zip.end();
}

/** Oldest first. */
function runsOf(store: Store, projectId: number): { runs: RunRecord[]; leftOut: string[] } {
  const runs: RunRecord[] = [];
  const leftOut: string[] = [];
  for (const { id, name } of store.runs.places(projectId).reverse()) {
    const run = store.runs.find(id);
    if (run === null) leftOut.push(name);
    else if (run.deletedAt === null) runs.push(run);
  }
  return { runs, leftOut };
}

/** The project's sweeps, oldest first, with their runs by their numbers in the archive. */
function sweepsOf(store: Store, projectId: number, runs: readonly RunRecord[]): SweepsFile {
  const numbers = new Map(runs.map(({ id }, index) => [id, index + 1]));
  return store.sweeps
    .list()
    .filter((sweep) => sweep.projectId === projectId)
    .reverse()
    .map(({ id, name, createdAt }) => ({
      name,
      grid: store.sweeps.grid(id),
      createdAt,
      runs: store.sweeps.runs(id).flatMap(({ id: run, series, measure, budget, seed }) => {
        const number = numbers.get(run);
        return number === undefined ? [] : [{ run: number, series, measure, budget, seed }];
      }),
    }));
}

function refuseTooLarge(store: Store, runs: readonly RunRecord[]): void {
  const blobs = new Map(
    runs.flatMap(({ id }) => store.artifacts.ofRun(id)).map((one) => [one.sha256, one.bytes]),
  );
  const bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0);
  if (bytes <= MOST_ZIP_BYTES && blobs.size + runs.length * ENTRIES_A_RUN + 1 < MOST_ENTRIES) return;
  throw runError('archive/too-large', 'This project has more than fits into one archive.', {
    remedy: 'Put runs that you do not need into the trash first.',
  });
}

/** What is written of a run, file by file; null for what it has not. */
function filesOf(store: Store, run: RunRecord): Record<string, unknown> {
  const { name, state, recipe, notes, tags, createdAt, startedAt, endedAt, device, deviceWanted } = run;
  const { stages, progress, problem } = run;
  const times = { createdAt, startedAt, endedAt };
  return {
    run: { name, state, recipe, notes, tags, ...times, device, deviceWanted, stages, progress, problem },
    report: store.runs.report(run.id),
    metrics: store.metrics.ofRun(run.id),
    layers: store.layers.ofRun(run.id),
    log: store.logs.ofRun(run.id),
    artifacts: store.artifacts.ofRun(run.id).map(({ name: path, kind, bytes, sha256: hash, measured }) => {
      return { name: path, kind, bytes, sha256: hash, measured };
    }),
  };
}
