/** Several values of a metric at one step, told apart by their round; 0 for those that have none. */
export const metricRounds = `
CREATE TABLE metrics_with_rounds (
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  step INTEGER NOT NULL,
  round INTEGER NOT NULL,
  epoch REAL NOT NULL,
  stage INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run_id, name, step, round)
) STRICT, WITHOUT ROWID;
INSERT INTO metrics_with_rounds (run_id, name, step, round, epoch, stage, value)
  SELECT run_id, name, step, 0, epoch, stage, value FROM metrics;
DROP TABLE metrics;
ALTER TABLE metrics_with_rounds RENAME TO metrics;
`;
