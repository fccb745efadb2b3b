/** Studies that were started: what was asked, and how far each is. Their results are files in a folder each. */
export const studies = `
CREATE TABLE studies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study TEXT NOT NULL,
  title TEXT NOT NULL,
  seed INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  given TEXT NOT NULL,
  state TEXT NOT NULL,
  progress TEXT,
  problem TEXT,
  created_at TEXT NOT NULL,
  ended_at TEXT
) STRICT;
`;
