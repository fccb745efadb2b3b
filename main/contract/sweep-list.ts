import { z } from 'zod';
import { amountKindSchema } from './amount.ts';
import { problemSchema } from './messages.ts';

/** A mean over seeds and how sure it is. */
const estimateSchema = z.object({
  n: z.number().int().positive(),
  mean: z.number(),
  /** Standard deviation with n - 1; null for a single value. */
  deviation: z.number().nullable(),
  /** Half the width of the 95 % interval of the mean (Student's t); null for a single value. */
  half: z.number().nullable(),
});
export type Estimate = Readonly<z.infer<typeof estimateSchema>>;

const id = z.number().int().positive();
const count = z.number().int().nonnegative();

/** To which mean of a sweep a run adds. */
export const sweepPlaceSchema = z.object({
  series: z.string().max(1_000),
  measure: amountKindSchema,
  /** The share that is to go. */
  budget: z.number(),
  seed: z.number(),
});
export type SweepPlace = z.infer<typeof sweepPlaceSchema>;

/** A grid of runs as lists show it. */
export const sweepSummarySchema = z.object({
  id,
  projectId: id,
  name: z.string(),
  createdAt: z.string(),
  /** Runs that are not in the trash. */
  runs: count,
  finished: count,
  /** At work or waiting. */
  live: count,
  /** Sum of what the runs have behind them, each 0..1. */
  done: z.number().nonnegative(),
});
export type SweepSummary = z.infer<typeof sweepSummarySchema>;

/** What has come of a grid of runs so far. */
export const sweepViewSchema = sweepSummarySchema.extend({
  /** The grid as YAML, as `espalier sweep` takes it. */
  grid: z.string(),
  /** Of finished runs, by series and budget. */
  cells: z.array(
    z.object({
      series: z.string(),
      measure: amountKindSchema,
      budget: z.number(),
      accuracy: estimateSchema,
      gone: z.number(),
      seeds: z.array(z.number()).readonly(),
    }),
  ),
  /** Accuracy of what the runs are compared with, over the seeds; null where runs of a seed have different ones, or none. */
  reference: estimateSchema.nullable(),
});
export type SweepView = z.infer<typeof sweepViewSchema>;

/** What a grid would come to. */
export const gridOutlookSchema = z.object({
  runs: count,
  series: z.array(z.string()),
  /** As YAML; empty where it has problems. */
  yaml: z.string(),
  problems: z.array(problemSchema),
});
export type GridOutlook = z.infer<typeof gridOutlookSchema>;
