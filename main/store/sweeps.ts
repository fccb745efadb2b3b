import type { Database } from 'better-sqlite3';
import { inputError } from '../contract/errors.ts';
import type { SweepSummary } from '../contract/sweep-list.ts';
import { selectRuns, readable } from './run-rows.ts';
import type { Row, RunRecord } from './run-rows.ts';

/** A run of a sweep: its line of the chart, and the run. */
export interface SweepRun {
  readonly series: string;
  readonly run: RunRecord;
}

const select = `
  SELECT s.id, s.project_id AS projectId, s.name, s.created_at AS createdAt,
    count(r.id) AS runs,
    coalesce(sum(r.state = 'finished'), 0) AS finished,
    coalesce(sum(r.state IN ('queued', 'preparing', 'running', 'pausing', 'paused', 'cancelling')), 0) AS live,
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
  const add = db.prepare<[number, number, string]>(
    'INSERT INTO sweep_runs (sweep_id, run_id, series) VALUES (?, ?, ?)',
  );
  const exchange = db.prepare<[number, number, number]>(
    'UPDATE sweep_runs SET run_id = ? WHERE sweep_id = ? AND run_id = ?',
  );
  const byId = db.prepare<[number], SweepSummary>(`${select} WHERE s.id = ? GROUP BY s.id`);
  const all = db.prepare<[], SweepSummary>(`${select} GROUP BY s.id ORDER BY s.id DESC`);
  const gridOf = db.prepare<[number], { grid: string }>('SELECT grid FROM sweeps WHERE id = ?');
  const members = db.prepare<[number], Row>(
    `${selectRuns} WHERE deleted_at IS NULL AND id IN (SELECT run_id FROM sweep_runs WHERE sweep_id = ?) ORDER BY id`,
  );
  const seriesOf = db.prepare<[number], { run_id: number; series: string }>(
    'SELECT run_id, series FROM sweep_runs WHERE sweep_id = ?',
  );
  const remove = db.prepare<[number]>('DELETE FROM sweeps WHERE id = ?');

  const missing = (id: number) =>
    inputError('sweep/missing', `There is no sweep ${id}.`, { remedy: 'Choose one from the list.' });
  /** @throws EspalierError 'sweep/missing' */
  const get = (id: number): SweepSummary => {
    const row = byId.get(id);
    if (row === undefined) throw missing(id);
    return row;
  };

  return {
    /** @param grid as YAML */
    create(projectId: number, name: string, grid: string): number {
      return Number(insert.run(projectId, name, grid, new Date().toISOString()).lastInsertRowid);
    },
    add: (sweep: number, run: number, series: string): void => void add.run(sweep, run, series),
    /** Puts a run that was begun anew in the place of an earlier one. */
    exchange: (sweep: number, before: number, after: number): void => void exchange.run(after, sweep, before),
    get,
    /** The youngest first. */
    list: (): SweepSummary[] => all.all(),
    /** As YAML. @throws EspalierError 'sweep/missing' */
    grid(id: number): string {
      const row = gridOf.get(id);
      if (row === undefined) throw missing(id);
      return row.grid;
    },
    /** Runs that can be read and are not in the trash. */
    runs(id: number): SweepRun[] {
      const series = new Map(seriesOf.all(id).map((row) => [row.run_id, row.series]));
      return readable(members.all(id)).map((run) => ({ run, series: series.get(run.id) ?? '' }));
    },
    /** Forgets a sweep; its runs stay. */
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw missing(id);
    },
  };
}
