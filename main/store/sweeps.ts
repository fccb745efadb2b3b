import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { inputError } from '../contract/errors.ts';
import { executorKindSchema, placementSchema } from '../contract/executors.ts';
import type { ExecutorKind, Placement } from '../contract/executors.ts';
import { runStateSchema } from '../contract/run.ts';
import { sweepPlaceSchema, type SweepPlace, type SweepSummary } from '../contract/sweep-list.ts';
import { readJson } from './json.ts';
import { LIVE } from './run-rows.ts';
import { sweepViews } from './sweep-views.ts';

const rowSchema = sweepPlaceSchema.extend({ id: z.number(), state: runStateSchema });
/** What a sweep knows of one of its runs. */
export type SweepRun = z.infer<typeof rowSchema>;

/** A sweep whose runs were handed over to others. */
export interface SweepElsewhere {
  readonly id: number;
  readonly executor: ExecutorKind;
  readonly placement: Placement;
}

const select = `
  SELECT s.id, s.project_id AS projectId, s.name, s.created_at AS createdAt, s.executor,
    count(r.id) AS runs,
    coalesce(sum(r.state = 'finished'), 0) AS finished,
    coalesce(sum(${LIVE}), 0) AS live,
    coalesce(sum(CASE WHEN r.state = 'finished' THEN 1.0
      WHEN json_valid(r.progress) THEN r.progress ->> '$.fraction' ELSE 0 END), 0) AS done
  FROM sweeps s
    LEFT JOIN sweep_runs m ON m.sweep_id = s.id
    LEFT JOIN runs r ON r.id = m.run_id AND r.deleted_at IS NULL`;

/** The table of grids of runs. */
export function sweepsTable(db: Database) {
  const insert = db.prepare<[number, string, string, string]>(
    'INSERT INTO sweeps (project_id, name, grid, created_at) VALUES (?, ?, ?, ?)',
  );
  const add = db.prepare<[number, number, string, string, number, number]>(
    'INSERT INTO sweep_runs (sweep_id, run_id, series, measure, budget, seed) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const byId = db.prepare<[number], SweepSummary>(`${select} WHERE s.id = ? GROUP BY s.id`);
  const all = db.prepare<[], SweepSummary>(`${select} GROUP BY s.id ORDER BY s.id DESC`);
  const gridOf = db.prepare<[number], { grid: string }>('SELECT grid FROM sweeps WHERE id = ?');
  const runsOf = db.prepare<[number], { json: string }>(
    `SELECT json_object('id', id, 'state', state, 'series', series, 'measure', measure, 'budget', budget, 'seed', seed) AS json
      FROM sweep_runs JOIN runs ON id = run_id WHERE sweep_id = ? AND deleted_at IS NULL ORDER BY id`,
  );
  const remove = db.prepare<[number]>('DELETE FROM sweeps WHERE id = ?');
  const dropFolders = db.prepare<[number], { id: number }>(
    `UPDATE runs SET folder = NULL, checkpoint = NULL
      WHERE id IN (SELECT run_id FROM sweep_runs WHERE sweep_id = ?) AND folder IS NOT NULL RETURNING id`,
  );
  const send = db.prepare<[string, string, number]>(
    'UPDATE sweeps SET executor = ?, placement = ? WHERE id = ?',
  );
  const sent = db.prepare<[], { id: number; executor: string; placement: string }>(
    'SELECT id, executor, placement FROM sweeps WHERE placement IS NOT NULL ORDER BY id',
  );
  const sweepOf = db.prepare<[number], { id: number }>(
    'SELECT sweep_id AS id FROM sweep_runs JOIN sweeps ON id = sweep_id WHERE run_id = ? AND placement IS NOT NULL',
  );
  const liveOf = db.prepare<[number], { id: number }>(
    `SELECT id FROM sweep_runs JOIN runs ON id = run_id WHERE sweep_id = ? AND ${LIVE} ORDER BY id`,
  );
  const stoppedOf = db.prepare<[number], { id: number }>(
    `SELECT id FROM sweep_runs JOIN runs ON id = run_id
      WHERE sweep_id = ? AND state <> 'finished' AND NOT ${LIVE} AND deleted_at IS NULL ORDER BY id`,
  );
  const retry = db.prepare<[number, number]>('UPDATE sweep_runs SET retries = retries + ? WHERE run_id = ?');

  const missing = (id: number) =>
    inputError('sweep/missing', `There is no sweep ${id}.`, { remedy: 'Choose one from the list.' });
  const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id);

  return {
    ...sweepViews(db),
    /** @param grid as YAML @param createdAt when it was begun elsewhere, of one that is brought in */
    create: (projectId: number, name: string, grid: string, createdAt = new Date().toISOString()): number =>
      Number(insert.run(projectId, name, grid, createdAt).lastInsertRowid),
    add: (sweep: number, run: number, { series, measure, budget, seed }: SweepPlace): void =>
      void add.run(sweep, run, series, measure, budget, seed),
    /** Notes that the runs of a sweep are done elsewhere, and where that is. */
    send: (sweep: number, executor: ExecutorKind, placement: Placement): void =>
      void send.run(executor, JSON.stringify(placement), sweep),
    /** All sweeps whose runs are done elsewhere. */
    sent: (): SweepElsewhere[] =>
      sent.all().map(({ id, executor, placement }) => ({
        id,
        executor: executorKindSchema.parse(executor),
        placement: readJson(placementSchema, placement, `sweep ${id}: placement`),
      })),
    /** The sweep that a run belongs to whose runs are done elsewhere; null where there is none. */
    sweepOf: (run: number): number | null => sweepOf.get(run)?.id ?? null,
    /** @throws EspalierError 'sweep/missing' */
    get(id: number): SweepSummary {
      const row = byId.get(id);
      if (row === undefined) throw missing(id);
      return row;
    },
    /** The youngest first. */
    list: (): SweepSummary[] => all.all(),
    /** As YAML. @throws EspalierError 'sweep/missing' */
    grid(id: number): string {
      const row = gridOf.get(id);
      if (row === undefined) throw missing(id);
      return row.grid;
    },
    /** Runs that are not in the trash. */
    runs: (id: number): SweepRun[] =>
      runsOf.all(id).map(({ json }) => readJson(rowSchema, json, `sweep ${id}: a run`)),
    /** The runs that are at work or wait, in order. */
    live: (id: number): number[] => ids(liveOf.all(id)),
    /** The runs outside the trash that have ended without a result, in order. */
    stopped: (id: number): number[] => ids(stoppedOf.all(id)),
    /** A run was begun again so many times more. */
    retried: (run: number, times: number): void => void retry.run(times, run),
    /** Its runs have no folder and no checkpoint any more. Tells which had one. */
    dropFolders: (id: number): number[] => ids(dropFolders.all(id)),
    /** Forgets a sweep; its runs stay. */
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw missing(id);
    },
  };
}
