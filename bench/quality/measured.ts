import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { finishedReport } from '../../main/cli/sweep-runs.ts';
import type { GridRun } from '../../main/engine/sweep/expand.ts';
import { resultOf, type RunResult } from '../../main/engine/sweep/results.ts';

/*
 * What the runs came to, kept in the repository, so that the document can be made anew and added to without their folders.
 * A run is known by its folder's name, which holds the hash of its recipe: after a change of recipe it counts as not done.
 */
const amount = z.number().nullable();
const measurementSchema = z.strictObject({
  folder: z.string(),
  createdAt: z.string(),
  device: z.string(),
  versions: z.record(z.string(), z.string()),
  accuracy: amount,
  loss: amount,
  denseAccuracy: amount,
  sparsity: amount,
  parameters: amount,
  nonzero: amount,
  effectiveMacs: amount,
  gzipBytes: amount,
  latencyMs: amount,
  emptyLayers: z.array(z.string()),
  seconds: amount,
});
/** A finished run. */
export type Measurement = z.infer<typeof measurementSchema>;

const FOLDER = join(import.meta.dirname, 'measured');
const fileOf = (id: string): string => join(FOLDER, `${id}.json`);

/** The finished runs of a grid by folder, from their own folders where they are at hand, else as they were kept. */
export async function measurements(
  id: string,
  runs: readonly GridRun[],
  out: string,
): Promise<ReadonlyMap<string, Measurement>> {
  const kept = new Map(readKept(id).map((each) => [each.folder, each]));
  const found = new Map<string, Measurement>();
  for (const run of runs) {
    const report = await finishedReport(join(out, id, 'runs', run.folder), run);
    const measurement =
      report === undefined
        ? kept.get(run.folder)
        : measurementSchema.strip().parse({ ...report, ...resultOf(run, report) });
    if (measurement !== undefined) found.set(run.folder, measurement);
  }
  return found;
}

function readKept(id: string): Measurement[] {
  let text: string;
  try {
    text = readFileSync(fileOf(id), 'utf8');
  } catch {
    return [];
  }
  return z.array(measurementSchema).parse(JSON.parse(text));
}

/** One line a run, so that a change of one shows as such. */
export function keep(id: string, found: ReadonlyMap<string, Measurement>): void {
  if (found.size === 0) return;
  mkdirSync(FOLDER, { recursive: true });
  const lines = [...found.values()].map((measurement) => JSON.stringify(measurement));
  writeFileSync(fileOf(id), `[\n${lines.join(',\n')}\n]\n`);
}

/** A run's row in the tables. */
export function rowOf(run: GridRun, measurement: Measurement | undefined): RunResult {
  return { ...resultOf(run, undefined), ...(measurement && { ...measurement, state: 'finished' }) };
}
