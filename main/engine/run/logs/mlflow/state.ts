import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../files/atomic.ts';

const FILE = 'log-mlflow.json';

const stateSchema = z.object({
  version: z.literal(1),
  /** The server's address or the folder of all runs. */
  place: z.string(),
  kind: z.enum(['server', 'folder']),
  /** What the run is found by: 32 hexadecimal digits. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** The server's own name of the run, once it has told it. */
  runId: z.string().nullable(),
  artifactUri: z.string(),
  /** Whether creating the run was asked for: the answer may have been lost. */
  asked: z.boolean(),
  /** Whether the parameters have arrived. */
  described: z.boolean(),
  /** How many values of each metric have arrived. */
  sent: z.record(z.string(), z.number().int()),
  /** Names of the files that have arrived. */
  files: z.array(z.string()),
});

/** What of a run has arrived at MLflow: kept in the run's folder, so that nothing is sent twice. */
export type MlflowState = z.infer<typeof stateSchema>;

/** What is known of an earlier process's log; undefined where there is none. */
export async function readState(folder: string): Promise<MlflowState | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    // A log that cannot be gone on with is begun anew.
    return undefined;
  }
}

/** @throws EspalierError 'files/...' */
export async function writeState(folder: string, state: MlflowState): Promise<void> {
  await writeFileAtomic(join(folder, FILE), `${JSON.stringify(state, null, 2)}\n`);
}

export const freshState = (kind: MlflowState['kind'], place: string): MlflowState => ({
  ...{ version: 1, place, kind, id: randomBytes(16).toString('hex') },
  ...{ runId: null, artifactUri: '', asked: false, described: false, sent: {}, files: [] },
});
