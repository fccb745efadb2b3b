/** Who does the runs of a sweep, where they were handed to, and how often each was begun again there. */
export const sweepsElsewhere = `
ALTER TABLE sweeps ADD COLUMN executor TEXT NOT NULL DEFAULT 'local';
ALTER TABLE sweeps ADD COLUMN placement TEXT;
ALTER TABLE sweep_runs ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
`;
