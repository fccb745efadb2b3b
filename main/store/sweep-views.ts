import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { runStateSchema } from '../contract/run.ts';
import { sweepFailureSchema, type SweepFailure, type SweepStates } from '../contract/sweep-list.ts';
import { amountKindSchema, type AmountKind } from '../contract/amount.ts';

/** What a finished run adds to the means of its sweep. */
export interface SweepResult {
  readonly id: number;
  readonly series: string;
  readonly measure: AmountKind;
  readonly budget: number;
  readonly seed: number;
  /** Whether it is a dense network, narrower than the others'. */
  readonly narrow: boolean;
  readonly accuracy: number | null;
  readonly denseAccuracy: number | null;
  readonly sparsity: number | null;
  /** What the budget is of, before and after; null where the sparsity tells it. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Kinds of failures that are told apart. */
const MOST_FAILURES = 20;

const ofSweep = 'FROM sweep_runs CROSS JOIN runs ON id = run_id WHERE sweep_id = ? AND deleted_at IS NULL';

/** What the page of a sweep tells, counted in the database: it may have ten thousand runs. */
export function sweepViews(db: Database) {
  const states = db.prepare<[number], { state: string; runs: number }>(
    `SELECT state, count(*) AS runs ${ofSweep} GROUP BY state`,
  );
  const retries = db.prepare<[number], { sum: number; runs: number }>(
    `SELECT coalesce(sum(retries), 0) AS sum, count(*) AS runs ${ofSweep} AND retries > 0`,
  );
  const failures = db.prepare<[number, number], Record<string, unknown>>(
    `SELECT iif(json_valid(problem), problem ->> '$.message', NULL) AS message,
        iif(json_valid(problem), problem ->> '$.remedy', NULL) AS remedy,
        count(*) AS runs, min(id) AS run
      ${ofSweep} AND state IN ('failed', 'crashed') GROUP BY 1, 2 ORDER BY 3 DESC, 4 LIMIT ?`,
  );
  const results = db.prepare<[number, number, number], Omit<SweepResult, 'narrow'> & { narrow: number }>(
    `SELECT id, series, measure, budget, seed, recipe ->> '$.narrow' IS NOT NULL AS narrow,
        result ->> '$.accuracy' AS accuracy, result ->> '$.denseAccuracy' AS denseAccuracy,
        result ->> '$.sparsity' AS sparsity,
        (SELECT value ->> '$.before' FROM json_each(result, '$.promises') WHERE value ->> '$.kind' = measure) AS before,
        (SELECT value ->> '$.after' FROM json_each(result, '$.promises') WHERE value ->> '$.kind' = measure) AS after
      ${ofSweep} AND state = 'finished' AND json_valid(result) AND run_id > ? ORDER BY run_id LIMIT ?`,
  );

  return {
    /** How many runs are in which state; states that no run is in are left out. */
    states: (id: number): SweepStates =>
      Object.fromEntries(
        states.all(id).flatMap(({ state, runs }) => {
          const known = runStateSchema.safeParse(state);
          return known.success ? [[known.data, runs]] : [];
        }),
      ),
    /** How often runs were begun again because who did them died, and how many runs those were. */
    retries: (id: number): { readonly times: number; readonly runs: number } => {
      const { sum = 0, runs = 0 } = retries.get(id) ?? {};
      return { times: sum, runs };
    },
    /** Why runs failed: each reason once, the most frequent first. */
    failures: (id: number): SweepFailure[] =>
      z.array(sweepFailureSchema).parse(
        failures.all(id, MOST_FAILURES).map(({ message, remedy, runs, run }) => ({
          message: message ?? 'No reason is known.',
          remedy,
          runs,
          run,
        })),
      ),
    /** Of finished runs, in order, so many behind the one that is named; 0 begins. */
    results: (id: number, behind: number, limit: number): SweepResult[] =>
      results.all(id, behind, limit).map((row) => ({
        ...row,
        narrow: row.narrow === 1,
        measure: amountKindSchema.parse(row.measure),
      })),
  };
}
