import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { runResultSchema } from '../contract/api.ts';
import type { RunSummary, UnreadableRun } from '../contract/api.ts';
import { EspalierError, inputError } from '../contract/errors.ts';
import type { Problem } from '../contract/errors.ts';
import { problemSchema } from '../contract/messages.ts';
import { recipeSchema } from '../contract/recipe.ts';
import type { Recipe } from '../contract/recipe.ts';
import { reportSchema } from '../contract/report.ts';
import type { Report } from '../contract/report.ts';
import { progressSchema, runStateSchema, stageInfoSchema } from '../contract/run.ts';
import type { Progress, RunState, StageInfo } from '../contract/run.ts';
import { readJson, readNullableJson } from './json.ts';

const checkpointSchema = z.object({ stage: z.number().int(), epoch: z.number().int() });
type Checkpoint = z.infer<typeof checkpointSchema>;

/** A run as the program needs it: what people see, and where it works. */
export interface RunRecord extends RunSummary {
  /** Where its checkpoints and files are. */
  readonly folder: string | null;
  /** The device that was asked for: 'auto', ... */
  readonly deviceWanted: string;
  readonly checkpoint: Checkpoint | null;
}

/** Enough of a run to remove it. */
export interface RunPlace {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly folder: string | null;
}

const placeOf = ({ id, name, state, folder }: Row): RunPlace => ({ id, name, state, folder });

/** What may change in a run; what is left out stays. */
export interface RunChange {
  state?: RunState;
  folder?: string;
  device?: string;
  versions?: Record<string, string>;
  stages?: StageInfo[];
  progress?: Progress | null;
  checkpoint?: Checkpoint;
  problem?: Problem | null;
  report?: Report;
  startedAt?: string;
  endedAt?: string | null;
}

/** States from which `resume` can go on, given a checkpoint. */
const resumableStates: readonly RunState[] = ['cancelled', 'failed', 'crashed', 'interrupted'];

/** States that need a process behind them. */
const processStates: readonly RunState[] = ['preparing', 'running', 'pausing', 'paused', 'cancelling'];

interface Row {
  id: number;
  project_id: number;
  name: string;
  state: string;
  recipe: string;
  folder: string | null;
  device_wanted: string;
  device: string | null;
  stages: string;
  progress: string | null;
  checkpoint: string | null;
  problem: string | null;
  result: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

// The report is long; lists only need a few of its numbers.
const select = `
  SELECT id, project_id, name, state, recipe, folder, device_wanted, device, stages, progress, checkpoint, problem,
    created_at, started_at, ended_at,
    CASE WHEN report IS NULL THEN NULL ELSE json_object(
      'denseAccuracy', coalesce(report ->> '$.original.accuracy', report ->> '$.dense.accuracy'),
      'pairs', json(report -> '$.pairs'),
      'test', report ->> '$.data.test',
      'accuracy', report ->> '$.compressed.accuracy',
      'sparsity', report ->> '$.sparsity',
      'promises', json(coalesce(report -> '$.promises', '[]')),
      'parameters', report ->> '$.compressed.parameters',
      'nonzero', report ->> '$.compressed.nonzero') END AS result
  FROM runs`;

function record(row: Row): RunRecord {
  const state = stateOf(row);
  const checkpoint = readNullableJson(checkpointSchema, row.checkpoint, `run ${row.id}: checkpoint`);
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    state,
    recipe: readJson(recipeSchema, row.recipe, `run ${row.id}: recipe`),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    stages: readJson(z.array(stageInfoSchema), row.stages, `run ${row.id}: stages`),
    progress: readNullableJson(progressSchema, row.progress, `run ${row.id}: progress`),
    device: row.device,
    problem: readNullableJson(problemSchema, row.problem, `run ${row.id}: problem`),
    resumable: checkpoint !== null && row.folder !== null && resumableStates.includes(state),
    result: readNullableJson(runResultSchema, row.result, `run ${row.id}: report`),
    folder: row.folder,
    deviceWanted: row.device_wanted,
    checkpoint,
  };
}

function stateOf(row: Row): RunState {
  return readJson(runStateSchema, JSON.stringify(row.state), `run ${row.id}: state`);
}

/** Reads rows one by one, so that a row that cannot be read hides no other. */
function readable(rows: readonly Row[]): RunRecord[] {
  return rows.flatMap((row) => {
    const run = attempt(row);
    return run instanceof EspalierError ? [] : [run];
  });
}

function attempt(row: Row): RunRecord | EspalierError {
  try {
    return record(row);
  } catch (error) {
    if (error instanceof EspalierError) return error;
    throw error;
  }
}

const columns: { [K in keyof RunChange]-?: string } = {
  state: 'state',
  folder: 'folder',
  device: 'device',
  versions: 'versions',
  stages: 'stages',
  progress: 'progress',
  checkpoint: 'checkpoint',
  problem: 'problem',
  report: 'report',
  startedAt: 'started_at',
  endedAt: 'ended_at',
};

export const missingRun = (id: number): EspalierError =>
  inputError('run/missing', `There is no run ${id}.`, { remedy: 'Choose one from the list.' });

/** The table of runs. */
export function runsTable(db: Database) {
  const insert = db.prepare<[number, string, string, string, string]>(
    `INSERT INTO runs (project_id, name, state, recipe, device_wanted, created_at) VALUES (?, ?, 'queued', ?, ?, ?)`,
  );
  const byId = db.prepare<[number], Row>(`${select} WHERE id = ?`);
  const all = db.prepare<[], Row>(`${select} ORDER BY id DESC`);
  const byProject = db.prepare<[number], Row>(`${select} WHERE project_id = ? ORDER BY id DESC`);
  const byState = db.prepare<[string], Row>(`${select} WHERE state = ? ORDER BY id`);
  const report = db.prepare<[number], { report: string | null }>('SELECT report FROM runs WHERE id = ?');
  const remove = db.prepare<[number]>('DELETE FROM runs WHERE id = ?');

  /** @throws EspalierError 'run/missing' */
  const get = (id: number): RunRecord => {
    const row = byId.get(id);
    if (row === undefined) throw missingRun(id);
    return record(row);
  };

  /** What every row tells, whatever became of the rest of it. @throws EspalierError 'run/missing' */
  const place = (id: number): RunPlace => {
    const row = byId.get(id);
    if (row === undefined) throw missingRun(id);
    return placeOf(row);
  };

  return {
    create(projectId: number, name: string, recipe: Recipe, deviceWanted: string): RunRecord {
      const created = new Date().toISOString();
      const { lastInsertRowid } = insert.run(projectId, name, JSON.stringify(recipe), deviceWanted, created);
      return get(Number(lastInsertRowid));
    },
    get,
    place,
    /** Of all runs of a project, readable or not. */
    places: (projectId: number): RunPlace[] => byProject.all(projectId).map(placeOf),
    /** Newest first; of one project, or of all. What cannot be read is left out: see `unreadable`. */
    list: (projectId: number | null): RunRecord[] =>
      readable(projectId === null ? all.all() : byProject.all(projectId)),
    /** The rows that `list` leaves out, and why. */
    unreadable: (): UnreadableRun[] =>
      all.all().flatMap((row) => {
        const run = attempt(row);
        const { id, name, project_id: projectId } = row;
        return run instanceof EspalierError ? [{ id, projectId, name, problem: run.problem }] : [];
      }),
    /** Oldest first. */
    inState: (state: RunState): RunRecord[] => readable(byState.all(state)),
    update(id: number, change: RunChange): RunRecord {
      const entries = Object.entries(change).filter(([, value]) => value !== undefined);
      if (entries.length > 0) {
        const names = entries.map(([key]) => `${columns[key as keyof RunChange]} = ?`);
        const values = entries.map(([, value]: [string, unknown]) =>
          typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
        );
        const { changes } = db.prepare(`UPDATE runs SET ${names.join(', ')} WHERE id = ?`).run(...values, id);
        if (changes === 0) throw missingRun(id);
      }
      return get(id);
    },
    report(id: number): Report | null {
      const row = report.get(id);
      if (row === undefined) throw missingRun(id);
      return readNullableJson(reportSchema, row.report, `run ${id}: report`);
    },
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw missingRun(id);
    },
    /**
     * Marks as interrupted every run that claims to have a process. Right only when the caller is the one program that
     * runs anything in this folder (`lockFolder`), before it starts its first run.
     */
    interruptOrphans(): number {
      const marks = processStates.map(() => '?').join(', ');
      return db
        .prepare(`UPDATE runs SET state = 'interrupted', ended_at = ? WHERE state IN (${marks})`)
        .run(new Date().toISOString(), ...processStates).changes;
    },
  };
}
