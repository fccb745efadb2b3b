/** What was measured of a run's files after they were written. */
export const measuredFiles = `
ALTER TABLE artifacts ADD COLUMN accuracy REAL;
ALTER TABLE artifacts ADD COLUMN samples INTEGER;
`;
