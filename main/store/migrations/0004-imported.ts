/** Runs that came in an archive: paths in their recipes were chosen by somebody else, and open nothing here. */
export const imported = `ALTER TABLE runs ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;`;
