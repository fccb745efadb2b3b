import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { inputError } from '../contract/errors.ts';
import { runStateSchema } from '../contract/run.ts';
import { runResultSchema } from '../contract/run-summary.ts';
import { sweepPlaceSchema, type SweepPlace, type SweepSummary } from '../contract/sweep-list.ts';
import { readJson } from './json.ts';
import { LIVE } from './run-rows.ts';

const rowSchema = sweepPlaceSchema.extend({
  id: z.number(),
  state: runStateSchema,
  /** Whether it is a dense network, narrower than the others'. */
  narrow: z.boolean(),
  result: runResultSchema
    .pick({ accuracy: true, denseAccuracy: true, sparsity: true, promises: true })
    .nullable(),
});
/** What a sweep knows of one of its runs. */
export type SweepRun = z.infer<typeof rowSchema>;

const select = `
  SELECT s.id, s.project_id AS projectId, s.name, s.created_at AS createdAt,
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
    `SELECT json_object('id', id, 'state', state, 'series', series, 'measure', measure, 'budget', budget, 'seed', seed,
        'narrow', json(iif(recipe ->> '$.narrow' IS NULL, 'false', 'true')),
        'result', json(CASE WHEN json_valid(result) AND state = 'finished' THEN json_object(
          'accuracy', result -> '$.accuracy', 'denseAccuracy', result -> '$.denseAccuracy',
          'sparsity', result -> '$.sparsity', 'promises', result -> '$.promises') END)) AS json
      FROM sweep_runs JOIN runs ON id = run_id WHERE sweep_id = ? AND deleted_at IS NULL ORDER BY id`,
  );
  const remove = db.prepare<[number]>('DELETE FROM sweeps WHERE id = ?');

  const missing = (id: number) =>
    inputError('sweep/missing', `There is no sweep ${id}.`, { remedy: 'Choose one from the list.' });

  return {
    /** @param grid as YAML @param createdAt when it was begun elsewhere, of one that is brought in */
    create: (projectId: number, name: string, grid: string, createdAt = new Date().toISOString()): number =>
      Number(insert.run(projectId, name, grid, createdAt).lastInsertRowid),
    add: (sweep: number, run: number, { series, measure, budget, seed }: SweepPlace): void =>
      void add.run(sweep, run, series, measure, budget, seed),
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
    /** Forgets a sweep; its runs stay. */
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw missing(id);
    },
  };
}
