import { z } from 'zod';
import { problemSchema } from './messages.ts';
import { runStateSchema } from './run.ts';
import { studyProgressSchema, studyResultSchema } from './study.ts';

/** Studies as the studio keeps them: what was asked, how far each is, and what came of it. */

export const studyRunSchema = z.object({
  id: z.number().int().positive(),
  study: z.string(),
  title: z.string(),
  seed: z.number(),
  /** Those that are not at their defaults, as they were given. */
  parameters: z.record(z.string(), z.unknown()),
  state: runStateSchema,
  progress: studyProgressSchema.nullable(),
  problem: problemSchema.nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type StudyRun = z.infer<typeof studyRunSchema>;

/** One of them with what came of the steps that are done; null before the first. */
export const studyViewSchema = z.object({ run: studyRunSchema, result: studyResultSchema.nullable() });

/** What is wrong with a study's parameters, and how many steps they make. */
export const studyOutlookSchema = z.object({
  steps: z.number().int().nonnegative(),
  problems: z.array(problemSchema),
});
export type StudyOutlook = z.infer<typeof studyOutlookSchema>;

/** The files that a study leaves, to be taken away. */
export const studyFileSchema = z.enum(['report.html', 'results.csv', 'study.json']);
export type StudyFile = z.infer<typeof studyFileSchema>;
