import type { Database } from 'better-sqlite3';
import type { RunPage, RunQuery } from '../contract/run-list.ts';
import type { UnreadableRun } from '../contract/api.ts';
import { LIVE, readOrName, selectRuns } from './run-rows.ts';
import type { Row, RunRecord } from './run-rows.ts';

const keys: Readonly<Record<RunQuery['sort']['key'], string>> = {
  name: 'name COLLATE NOCASE',
  state: 'state',
  asked: 'asked',
  accuracy: 'accuracy',
  change: 'change',
  created: 'created_at',
};

const states: Readonly<Record<RunQuery['states'], string>> = {
  all: '',
  live: LIVE,
  finished: `state = 'finished'`,
  stopped: `state <> 'finished' AND NOT ${LIVE}`,
};

/** Words as FTS5 takes them: each one the beginning of a word. Empty where nothing is left to look for. */
function matchOf(text: string): string {
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ');
}

interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

function conditionsOf({ text, states: wanted, projectId, sweepId, tags, trash }: RunQuery): Condition[] {
  const match = matchOf(text);
  return [
    { sql: `deleted_at IS ${trash ? 'NOT NULL' : 'NULL'}`, values: [] },
    ...(states[wanted] === '' ? [] : [{ sql: states[wanted], values: [] }]),
    ...(projectId === null ? [] : [{ sql: 'project_id = ?', values: [projectId] }]),
    ...(sweepId === null
      ? []
      : [{ sql: 'id IN (SELECT run_id FROM sweep_runs WHERE sweep_id = ?)', values: [sweepId] }]),
    ...tags.map((tag) => ({
      sql: 'EXISTS (SELECT 1 FROM run_tags WHERE run_id = runs.id AND tag = ?)',
      values: [tag],
    })),
    ...(match === ''
      ? []
      : [{ sql: 'id IN (SELECT rowid FROM run_words WHERE run_words MATCH ?)', values: [match] }]),
  ];
}

/** What lists ask of the table of runs: one page at a time, and never the reports. */
export function runQueries(db: Database) {
  return {
    /** Runs without a value in the sorted column come last, whichever way it is sorted; of equals the younger comes first, but by age. */
    query(query: RunQuery): Omit<RunPage, 'rows'> & { rows: (RunRecord | UnreadableRun)[] } {
      const conditions = conditionsOf(query);
      const where = conditions.map(({ sql }) => sql).join(' AND ');
      const values = conditions.flatMap((condition) => condition.values);
      const { total } = db
        .prepare<unknown[], { total: number }>(`SELECT count(*) AS total FROM runs WHERE ${where}`)
        .get(...values) ?? { total: 0 };
      const { key, down } = query.sort;
      const way = down ? 'DESC' : 'ASC';
      // Runs that were made in the same millisecond were made in the order of their numbers.
      const order = `${keys[key]} ${way} NULLS LAST, id ${key === 'created' ? way : 'DESC'}`;
      // Only the rows of the page are read whole: the order is found on few columns.
      const page = db.prepare<unknown[], Row>(
        `${selectRuns} WHERE id IN (SELECT id FROM runs WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?)
         ORDER BY ${order}`,
      );
      const rows = page.all(...values, query.limit, query.offset).map(readOrName);
      return { rows, total };
    },
  };
}
