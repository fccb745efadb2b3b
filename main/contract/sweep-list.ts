import { z } from 'zod';
import { amountKindSchema } from './amount.ts';
import { executorKindSchema } from './executors.ts';
import { problemSchema } from './messages.ts';
import { runStateSchema } from './run.ts';

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
  /** Who does its runs. */
  executor: executorKindSchema,
  /** Runs that are not in the trash. */
  runs: count,
  finished: count,
  /** At work or waiting. */
  live: count,
  /** Sum of what the runs have behind them, each 0..1. */
  done: z.number().nonnegative(),
});
export type SweepSummary = z.infer<typeof sweepSummarySchema>;

/** How many runs are in which state; states that no run is in are left out. */
const sweepStatesSchema = z.partialRecord(runStateSchema, count);
export type SweepStates = z.infer<typeof sweepStatesSchema>;

/** Why runs failed. */
export const sweepFailureSchema = z.object({
  message: z.string(),
  remedy: z.string().nullable(),
  /** So many of them. */
  runs: count,
  /** The first of them. */
  run: id,
});
export type SweepFailure = z.infer<typeof sweepFailureSchema>;

/** What has come of a grid of runs so far. */
export const sweepViewSchema = sweepSummarySchema.extend({
  /** The grid as YAML, as `espalier sweep` takes it. */
  grid: z.string(),
  states: sweepStatesSchema,
  /** The sweep's own folder on storage that other machines see; null where it has none. */
  sharedFolder: z.string().nullable(),
  /** How often runs were begun again because who did them died, and how many runs those were. */
  retries: z.object({ times: count, runs: count }).readonly(),
  failures: z.array(sweepFailureSchema).readonly(),
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
