/** Grids of runs, and which runs are theirs: to which mean each of them adds. */
export const sweeps = `
CREATE TABLE sweeps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  grid TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX sweeps_by_project ON sweeps(project_id);

CREATE TABLE sweep_runs (
  sweep_id INTEGER NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE,
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  series TEXT NOT NULL,
  measure TEXT NOT NULL,
  budget REAL NOT NULL,
  seed INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sweep_runs_by_run ON sweep_runs(run_id);
`;
