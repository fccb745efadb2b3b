import { z } from 'zod';

/** A file of a format that was asked for after its run had finished. */
export const writtenExportSchema = z.object({
  /** Relative to the run's folder. */
  path: z.string(),
  kind: z.string(),
  sha256: z.string(),
  /** What a person should know of it, such as layers that were left as they were. */
  notes: z.array(z.string()),
});
/** What was measured of a file as it was written, on the test part of the data that its run was trained on. */
export const measuredExportSchema = z.object({
  accuracy: z.number().min(0).max(1),
  samples: z.number().int().positive(),
});
export type MeasuredExport = z.infer<typeof measuredExportSchema>;

export type WrittenExport = z.infer<typeof writtenExportSchema>;
