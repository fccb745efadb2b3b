/** The first schema. Times are ISO 8601 in UTC; columns that hold JSON are checked with the contract's schemas when read. */
export const initial = `
CREATE TABLE projects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  recipe TEXT NOT NULL,
  folder TEXT,
  device_wanted TEXT NOT NULL,
  device TEXT,
  versions TEXT,
  stages TEXT NOT NULL DEFAULT '[]',
  progress TEXT,
  checkpoint TEXT,
  problem TEXT,
  report TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  ended_at TEXT
) STRICT;
CREATE INDEX runs_by_project ON runs(project_id);

CREATE TABLE metrics (
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  step INTEGER NOT NULL,
  epoch REAL NOT NULL,
  stage INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run_id, name, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE layers (
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  epoch REAL NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  total INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (run_id, epoch, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  level TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX logs_by_run ON logs(run_id, id);

CREATE TABLE blobs (
  sha256 TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  encoding TEXT NOT NULL CHECK (encoding IN ('raw', 'deflate')),
  content BLOB NOT NULL
) STRICT;

CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES blobs(sha256),
  UNIQUE (run_id, name)
) STRICT;
CREATE INDEX artifacts_by_blob ON artifacts(sha256);

-- A blob lives as long as an artifact names it, by whatever way the artifacts go (cascades included).
CREATE TRIGGER artifacts_release_blob AFTER DELETE ON artifacts
WHEN NOT EXISTS (SELECT 1 FROM artifacts WHERE sha256 = OLD.sha256)
BEGIN
  DELETE FROM blobs WHERE sha256 = OLD.sha256;
END;
CREATE TRIGGER artifacts_swap_blob AFTER UPDATE OF sha256 ON artifacts
WHEN NOT EXISTS (SELECT 1 FROM artifacts WHERE sha256 = OLD.sha256)
BEGIN
  DELETE FROM blobs WHERE sha256 = OLD.sha256;
END;

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
