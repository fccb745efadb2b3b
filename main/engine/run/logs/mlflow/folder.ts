import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Report } from '../../../../contract/report.ts';
import { writeFileAtomic } from '../../../../files/atomic.ts';
import { fileError, systemCode } from '../../../../files/problems.ts';
import type { LogEnd, LoggedRun, RunLog, TimedPoint } from '../log.ts';
import {
  filesOf,
  metricOf,
  noteFor,
  parametersFor,
  resultMetrics,
  tagsFor,
  type KeyValue,
  type Metric,
} from './contents.ts';
import { writeState, type MlflowState } from './state.ts';

/**
 * A run in the form of MLflow's file store (mlflow/store/tracking/file_store.py): `mlruns/EXPERIMENT/RUN/` with meta.yaml, a file for every
 * parameter and tag, a file of lines 'timestamp value step' for every metric, and the artifacts.
 */

/** RunStatus of service.proto. */
const RUNNING = 1;
const FINISHED = 3;
const FAILED = 4;
const KILLED = 5;
/** SourceType.LOCAL */
const LOCAL = 4;

const META = 'meta.yaml';
/** MLflow's reader takes 'no' and 'on' for truth values: such names are quoted. */
const YAML = { version: '1.1' } as const;

export class FolderLog implements RunLog {
  private readonly run: LoggedRun;
  private readonly experimentId: string;
  private readonly id: string;
  /** The run's own folder in the store. */
  private readonly folder: string;

  /** @throws EspalierError 'files/...' */
  static async open(
    run: LoggedRun,
    experiment: string,
    root: string,
    state: MlflowState,
    kept: readonly Metric[],
  ): Promise<FolderLog> {
    await made(root);
    const log = new FolderLog(run, await experimentIn(root, experiment), root, state.id);
    // What is there of an earlier process reaches beyond the checkpoint: it is written anew.
    await rm(join(log.folder, 'metrics'), { recursive: true, force: true });
    for (const part of ['metrics', 'params', 'tags', 'artifacts']) await made(join(log.folder, part));
    await log.mark(RUNNING);
    await log.values('params', parametersFor(run));
    await log.values('tags', tagsFor(run, state.id));
    await log.metrics(kept);
    await writeState(run.folder, state);
    run.tell('info', `MLflow: logged in ${root}; show it with mlflow ui --backend-store-uri <folder>.`);
    return log;
  }

  private constructor(run: LoggedRun, experimentId: string, root: string, id: string) {
    this.run = run;
    this.experimentId = experimentId;
    this.id = id;
    this.folder = join(root, experimentId, id);
  }

  async points(points: readonly TimedPoint[]): Promise<void> {
    await this.metrics(points.map(metricOf));
  }

  async finish(report: Report): Promise<void> {
    await this.metrics(resultMetrics(report, Date.now()));
    await this.values('tags', [noteFor(report)]);
    for (const file of filesOf(this.run, report))
      await written(join(this.folder, 'artifacts', file.name), await file.bytes());
    await this.mark(FINISHED);
  }

  async end(how: LogEnd): Promise<void> {
    await this.mark(how === 'failed' ? FAILED : KILLED);
  }

  private async mark(status: number): Promise<void> {
    const meta = {
      artifact_uri: pathToFileURL(join(this.folder, 'artifacts')).href,
      deleted_time: null,
      end_time: status === RUNNING ? null : Date.now(),
      entry_point_name: '',
      experiment_id: this.experimentId,
      lifecycle_stage: 'active',
      run_id: this.id,
      run_name: this.run.name,
      run_uuid: this.id,
      source_name: '',
      source_type: LOCAL,
      source_version: '',
      start_time: Math.round(this.run.startedAt),
      status,
      tags: [],
      user_id: '',
    };
    await written(join(this.folder, META), stringify(meta, YAML));
  }

  private async values(part: 'params' | 'tags', values: readonly KeyValue[]): Promise<void> {
    for (const { key, value } of values) await written(join(this.folder, part, key), value);
  }

  private async metrics(metrics: readonly Metric[]): Promise<void> {
    for (const [key, of] of Map.groupBy(metrics, (metric) => metric.key)) {
      const path = join(this.folder, 'metrics', key);
      await made(dirname(path));
      const lines = of.map(({ timestamp, value, step }) => `${timestamp} ${value} ${step}\n`).join('');
      await appendFile(path, lines).catch((error: unknown) => {
        throw fileError(error, path, 'write this file');
      });
    }
  }
}

const experimentSchema = z.object({
  experiment_id: z.coerce.string(),
  name: z.string(),
  lifecycle_stage: z.string().default('active'),
});

/** The id of the experiment of that name in a store; it is made where there is none. */
async function experimentIn(root: string, name: string): Promise<string> {
  for (const entry of await readdir(root)) {
    const meta = experimentSchema.safeParse(await metaOf(join(root, entry)));
    if (meta.success && meta.data.name === name && meta.data.lifecycle_stage === 'active') return entry;
  }
  // Made of the name, so that runs that begin at the same time agree.
  const digest = createHash('sha256').update(name).digest();
  const id = String((digest.readBigUInt64BE() % 900_000_000_000_000_000n) + 100_000_000_000_000_000n);
  const now = Date.now();
  const meta = {
    artifact_location: pathToFileURL(join(root, id)).href,
    creation_time: now,
    experiment_id: id,
    last_update_time: now,
    lifecycle_stage: 'active',
    name,
  };
  await made(join(root, id));
  await written(join(root, id, META), stringify(meta, YAML));
  return id;
}

async function metaOf(folder: string): Promise<unknown> {
  try {
    return parse(await readFile(join(folder, META), 'utf8'));
  } catch (error) {
    // Other folders may lie there too, and files that are no YAML are not ours to complain of.
    if (systemCode(error) === null || ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? ''))
      return undefined;
    throw fileError(error, join(folder, META), 'read this file');
  }
}

async function made(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder, 'make this folder');
  });
}

async function written(path: string, content: string | Uint8Array): Promise<void> {
  await made(dirname(path));
  await writeFileAtomic(path, content);
}
