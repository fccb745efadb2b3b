import type { Database } from 'better-sqlite3';
import { metricNameSchema } from '../contract/run.ts';
import type { MetricPoint } from '../contract/run.ts';

/** The round of a point that belongs to none. */
const NO_ROUND = 0;

/** The table of what was measured while runs went on. */
export function metricsTable(db: Database) {
  // A resumed run measures the steps after its checkpoint again: the later value counts.
  const insert = db.prepare<[number, string, number, number, number, number, number]>(
    'INSERT OR REPLACE INTO metrics (run_id, name, step, round, epoch, stage, value) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const ofRun = db.prepare<[number], MetricPoint & { readonly round: number }>(
    'SELECT name, step, round, epoch, stage, value FROM metrics WHERE run_id = ? ORDER BY name, step, round',
  );
  return {
    /** Adds a batch in one transaction. */
    add: db.transaction((runId: number, points: readonly MetricPoint[]) => {
      for (const { name, step, round = NO_ROUND, epoch, stage, value } of points) {
        insert.run(runId, name, step, round, epoch, stage, value);
      }
    }),
    /** All points of a run, by name, step and round. Names of a later version are left out. */
    ofRun: (runId: number): MetricPoint[] =>
      ofRun
        .all(runId)
        .filter(({ name }) => metricNameSchema.safeParse(name).success)
        .map(({ round, ...point }) => (round === NO_ROUND ? point : { ...point, round })),
  };
}
