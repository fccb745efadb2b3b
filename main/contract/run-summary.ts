import { z } from 'zod';
import { promiseSchema } from './amount.ts';
import { executorKindSchema } from './executors.ts';
import { problemSchema } from './messages.ts';
import { recipeSchema } from './recipe.ts';
import { pairsSchema } from './report.ts';
import { progressSchema, runStateSchema, stageInfoSchema } from './run.ts';

const id = z.number().int().positive();

/** The figures of a finished run that lists show. */
export const runResultSchema = z.object({
  /** Of what it is compared with: the person's file as it came, else the dense network; null where neither was measured. */
  denseAccuracy: z.number().nullable(),
  accuracy: z.number(),
  pairs: pairsSchema.nullable(),
  /** Test samples. */
  test: z.number().int().nonnegative(),
  sparsity: z.number(),
  promises: z.array(promiseSchema),
  parameters: z.number(),
  nonzero: z.number(),
});

/** A run as lists and pages show it. */
export const runSummarySchema = z.object({
  id,
  projectId: id,
  name: z.string(),
  state: runStateSchema,
  recipe: recipeSchema,
  /** What a person wrote about it. */
  notes: z.string(),
  /** In the order of the alphabet. */
  tags: z.array(z.string()),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Since when it is in the trash; null outside. */
  deletedAt: z.string().nullable(),
  /** Who does it, of a run that is done elsewhere. */
  executor: executorKindSchema.optional(),
  stages: z.array(stageInfoSchema),
  progress: progressSchema.nullable(),
  device: z.string().nullable(),
  /** Why it failed or crashed. */
  problem: problemSchema.nullable(),
  /** True when a checkpoint is there to go on from. */
  resumable: z.boolean(),
  /** Null until the run has finished. */
  result: runResultSchema.nullable(),
});

/** A run of which something in the database is not what it should be: it can be named and removed, no more. */
export const unreadableRunSchema = z.object({
  id,
  projectId: id,
  name: z.string(),
  problem: problemSchema,
});
