import type { Database } from 'better-sqlite3';
import type { RunResult } from '../contract/api.ts';
import { inputError } from '../contract/errors.ts';
import type { EspalierError, Problem } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import { reportSchema } from '../contract/report.ts';
import type { Report } from '../contract/report.ts';
import type { Progress, RunState, StageInfo } from '../contract/run.ts';
import { askedToGo } from '../words/amounts.ts';
import { accuracyChange, referenceOf } from '../words/noise.ts';
import { readNullableJson } from './json.ts';
import { runQueries } from './run-query.ts';
import { ELSEWHERE, placeOf, readable, record, selectRuns } from './run-rows.ts';
import type { Checkpoint, Row, RunPlace, RunRecord } from './run-rows.ts';

/** What may change in a run; what is left out stays. */
export interface RunChange {
  state?: RunState;
  folder?: string;
  device?: string | null;
  versions?: Record<string, string>;
  stages?: StageInfo[];
  progress?: Progress | null;
  checkpoint?: Checkpoint;
  problem?: Problem | null;
  report?: Report;
  name?: string | undefined;
  notes?: string | undefined;
  deletedAt?: string | null;
  createdAt?: string;
  startedAt?: string | null;
  endedAt?: string | null;
}

/** States that need a process behind them. */
const processStates: readonly RunState[] = ['preparing', 'running', 'pausing', 'paused', 'cancelling'];

const columns: { [K in Exclude<keyof RunChange, 'report'>]-?: string } = {
  state: 'state',
  folder: 'folder',
  device: 'device',
  versions: 'versions',
  stages: 'stages',
  progress: 'progress',
  checkpoint: 'checkpoint',
  problem: 'problem',
  name: 'name',
  notes: 'notes',
  deletedAt: 'deleted_at',
  createdAt: 'created_at',
  startedAt: 'started_at',
  endedAt: 'ended_at',
};

export const missingRun = (id: number): EspalierError =>
  inputError('run/missing', `There is no run ${id}.`, { remedy: 'Choose one from the list.' });

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** The figures of a report that lists show. */
function resultOf(report: Report): RunResult {
  const { compressed, data, pairs, sparsity, promises } = report;
  return {
    denseAccuracy: referenceOf(report)?.accuracy ?? null,
    accuracy: compressed.accuracy,
    pairs,
    test: data.test,
    sparsity,
    promises: [...promises],
    parameters: compressed.parameters,
    nonzero: compressed.nonzero,
  };
}

/** The table of runs, and that of their reports, which are long. */
export function runsTable(db: Database) {
  const insert = db.prepare<[number, string, string, string, string, number | null]>(
    `INSERT INTO runs (project_id, name, state, recipe, device_wanted, created_at, asked) VALUES (?, ?, 'queued', ?, ?, ?, ?)`,
  );
  const byId = db.prepare<[number], Row>(`${selectRuns} WHERE id = ?`);
  const byProject = db.prepare<[number], Row>(`${selectRuns} WHERE project_id = ? ORDER BY id DESC`);
  const byState = db.prepare<[string], Row>(`${selectRuns} WHERE state = ? AND NOT ${ELSEWHERE} ORDER BY id`);
  const waiting = db.prepare<[], { runs: number }>(
    `SELECT count(*) AS runs FROM runs WHERE state = 'queued' AND NOT ${ELSEWHERE}`,
  );
  const trashed = db.prepare<[], Row>(`${selectRuns} WHERE deleted_at IS NOT NULL ORDER BY id`);
  const recipes = db.prepare<[], { recipe: string }>('SELECT recipe FROM runs WHERE imported = 0');
  const report = db.prepare<[number], { report: string | null }>(
    'SELECT report FROM runs LEFT JOIN reports ON run_id = id WHERE id = ?',
  );
  const setReport = db.prepare<[number, string]>(
    'INSERT INTO reports (run_id, report) VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET report = excluded.report',
  );
  const setResult = db.prepare<[string, number, number | null, number]>(
    'UPDATE runs SET result = ?, accuracy = ?, change = ? WHERE id = ?',
  );
  const folders = db.prepare<[], { folder: string; state: string; endedAt: string | null }>(
    'SELECT folder, state, ended_at AS endedAt FROM runs WHERE folder IS NOT NULL',
  );
  const markImported = db.prepare<[number]>('UPDATE runs SET imported = 1 WHERE id = ?');
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

  const keepReport = (id: number, value: Report) => {
    const result = resultOf(value);
    const { changes } = setResult.run(
      JSON.stringify(result),
      result.accuracy,
      accuracyChange(value)?.difference ?? null,
      id,
    );
    if (changes === 0) throw missingRun(id);
    setReport.run(id, JSON.stringify(value));
  };

  const create = (projectId: number, name: string, recipe: Recipe, deviceWanted: string): RunRecord => {
    const created = new Date().toISOString();
    const asked = askedToGo(recipe.budget);
    const text = JSON.stringify(recipe);
    return get(Number(insert.run(projectId, name, text, deviceWanted, created, asked).lastInsertRowid));
  };

  const update = db.transaction((id: number, change: RunChange): RunRecord => {
    const { report: found, ...rest } = change;
    if (found !== undefined) keepReport(id, found);
    const entries = Object.entries(rest).filter(([, value]) => value !== undefined);
    if (entries.length > 0) {
      const names = entries.map(([key]) => `${columns[key as keyof typeof columns]} = ?`);
      const values = entries.map(([, value]: [string, unknown]) =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      );
      const { changes } = db.prepare(`UPDATE runs SET ${names.join(', ')} WHERE id = ?`).run(...values, id);
      if (changes === 0) throw missingRun(id);
    }
    return get(id);
  });

  return {
    ...runQueries(db),
    create,
    update,
    /** Adds a run that ended elsewhere. Tells its id. */
    bring: db.transaction(
      (projectId: number, name: string, recipe: Recipe, deviceWanted: string, change: RunChange): number => {
        const { id } = create(projectId, name, recipe, deviceWanted);
        markImported.run(id);
        return update(id, change).id;
      },
    ),
    get,
    place,
    /** Null where it cannot be read. @throws EspalierError 'run/missing' */
    find(id: number): RunRecord | null {
      const row = byId.get(id);
      if (row === undefined) throw missingRun(id);
      return readable([row])[0] ?? null;
    },
    /** Of all runs of a project, readable or not. */
    places: (projectId: number): RunPlace[] => byProject.all(projectId).map(placeOf),
    /** Where runs work, readable or not. */
    folders: (): { folder: string; state: string; endedAt: string | null }[] => folders.all(),
    /** Those in the trash, readable or not. */
    trashed: (): RunPlace[] => trashed.all().map(placeOf),
    /** Of all runs that were made here, as they were stored: unchecked. */
    *recipes(): Generator<unknown> {
      for (const row of recipes.iterate()) yield parsed(row.recipe);
    },
    /** Oldest first, without those that are done elsewhere. */
    inState: (state: RunState): RunRecord[] => readable(byState.all(state)),
    /** How many wait for their turn here. */
    waiting: (): number => waiting.get()?.runs ?? 0,
    report(id: number): Report | null {
      const row = report.get(id);
      if (row === undefined) throw missingRun(id);
      return readNullableJson(reportSchema, row.report, `run ${id}: report`);
    },
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw missingRun(id);
    },
    /**
     * Marks as interrupted every run that claims to have a process here. Right only when the caller is the one program that
     * runs anything in this folder (`lockFolder`), before it starts its first run.
     */
    interruptOrphans(): number {
      const marks = processStates.map(() => '?').join(', ');
      return db
        .prepare(
          `UPDATE runs SET state = 'interrupted', ended_at = ? WHERE state IN (${marks}) AND NOT ${ELSEWHERE}`,
        )
        .run(new Date().toISOString(), ...processStates).changes;
    },
  };
}
