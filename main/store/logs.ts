import type { Database } from 'better-sqlite3';
import type { LogLine } from '../contract/api.ts';

/** The table of what runs had to say. */
export function logsTable(db: Database) {
  const insert = db.prepare<[number, string, string, string]>(
    'INSERT INTO logs (run_id, at, level, text) VALUES (?, ?, ?, ?)',
  );
  const ofRun = db.prepare<[number], LogLine>(
    'SELECT at, level, text FROM logs WHERE run_id = ? ORDER BY id',
  );
  return {
    add: (runId: number, line: LogLine): void => void insert.run(runId, line.at, line.level, line.text),
    ofRun: (runId: number): LogLine[] => ofRun.all(runId),
  };
}
