import { z } from 'zod';
import type { RunSummary, UnreadableRun } from '../contract/api.ts';
import { runResultSchema } from '../contract/run-summary.ts';
import { EspalierError } from '../contract/errors.ts';
import { executorKindSchema } from '../contract/executors.ts';
import { problemSchema } from '../contract/messages.ts';
import { recipeSchema } from '../contract/recipe.ts';
import { progressSchema, runStateSchema, stageInfoSchema } from '../contract/run.ts';
import type { RunState } from '../contract/run.ts';
import { readJson, readNullableJson } from './json.ts';

const checkpointSchema = z.object({ stage: z.number().int(), epoch: z.number().int() });
export type Checkpoint = z.infer<typeof checkpointSchema>;

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

export const placeOf = ({ id, name, state, folder }: Row): RunPlace => ({ id, name, state, folder });

/** Of a row of `runs`: it is at work, or waits for it. */
export const LIVE = `state IN ('queued', 'preparing', 'running', 'pausing', 'paused', 'cancelling')`;

/** Of a row of `runs`: it is done elsewhere, and nothing here has to be at work for it. */
export const ELSEWHERE =
  'id IN (SELECT run_id FROM sweep_runs JOIN sweeps ON sweeps.id = sweep_id WHERE placement IS NOT NULL)';

/** States from which `resume` can go on, given a checkpoint. */
const resumableStates: readonly RunState[] = ['cancelled', 'failed', 'crashed', 'interrupted'];

export interface Row {
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
  notes: string;
  tags: string;
  executor: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  deleted_at: string | null;
}

/** Of the table `runs`; its tags are in another. */
export const selectRuns = `
  SELECT id, project_id, name, state, recipe, folder, device_wanted, device, stages, progress, checkpoint, problem, result, notes,
    (SELECT json_group_array(tag) FROM (SELECT tag FROM run_tags WHERE run_id = runs.id ORDER BY tag)) AS tags,
    (SELECT executor FROM sweep_runs JOIN sweeps ON sweeps.id = sweep_id
      WHERE run_id = runs.id AND placement IS NOT NULL) AS executor,
    created_at, started_at, ended_at, deleted_at
  FROM runs`;

export function record(row: Row): RunRecord {
  const state = stateOf(row);
  const checkpoint = readNullableJson(checkpointSchema, row.checkpoint, `run ${row.id}: checkpoint`);
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    state,
    recipe: readJson(recipeSchema, row.recipe, `run ${row.id}: recipe`),
    notes: row.notes,
    tags: readJson(z.array(z.string()), row.tags, `run ${row.id}: tags`),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    deletedAt: row.deleted_at,
    ...(row.executor !== null && { executor: executorKindSchema.parse(row.executor) }),
    stages: readJson(z.array(stageInfoSchema), row.stages, `run ${row.id}: stages`),
    progress: readNullableJson(progressSchema, row.progress, `run ${row.id}: progress`),
    device: row.device,
    problem: readNullableJson(problemSchema, row.problem, `run ${row.id}: problem`),
    resumable: checkpoint !== null && row.folder !== null && resumableStates.includes(state),
    result: readNullableJson(runResultSchema, row.result, `run ${row.id}: result`),
    folder: row.folder,
    deviceWanted: row.device_wanted,
    checkpoint,
  };
}

function stateOf(row: Row): RunState {
  return readJson(runStateSchema, JSON.stringify(row.state), `run ${row.id}: state`);
}

/** Reads rows one by one, so that a row that cannot be read hides no other. */
export function readable(rows: readonly Row[]): RunRecord[] {
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

/** A run, or that it cannot be read and why. */
export function readOrName(row: Row): RunRecord | UnreadableRun {
  const run = attempt(row);
  const { id, name, project_id: projectId } = row;
  return run instanceof EspalierError ? { id, projectId, name, problem: run.problem } : run;
}
