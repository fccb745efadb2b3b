import { z } from 'zod';
import { searchMethodSchema } from './search.ts';

/** Where a run stands. `failed`: it said why; `crashed`: its process died; `interrupted`: the program itself went away. */
export const runStateSchema = z.enum([
  'queued',
  'preparing',
  'running',
  'pausing',
  'paused',
  'cancelling',
  'cancelled',
  'finished',
  'failed',
  'crashed',
  'interrupted',
]);
export type RunState = z.infer<typeof runStateSchema>;

/** One stage of a run's plan, as people see it. */
export const stageInfoSchema = z.object({
  id: z.string(),
  /** 'Train dense', 'Prune gradually', 'Fine-tune', 'Evaluate', 'Export'. */
  label: z.string(),
  epochs: z.number().int().nonnegative(),
});
export type StageInfo = z.infer<typeof stageInfoSchema>;

/** Where a run is right now. */
export const progressSchema = z.object({
  /** Index into the plan's stages. */
  stage: z.number().int().nonnegative(),
  /** Completed epochs in this stage; fractional within an epoch. */
  epoch: z.number().nonnegative(),
  /** Optimiser steps done in the whole run. */
  step: z.number().int().nonnegative(),
  /** Share of the whole run that is done, 0..1. */
  fraction: z.number().min(0).max(1),
  /** Estimated seconds until the end; null while nothing has been measured. */
  etaSeconds: z.number().nonnegative().nullable(),
  samplesPerSecond: z.number().nonnegative().nullable(),
  /** While widths are searched for: evaluations that are done in this stage, and how many there are at the most. */
  evaluations: z
    .object({ done: z.number().int().nonnegative(), total: z.number().int().positive() })
    .optional(),
});
export type Progress = z.infer<typeof progressSchema>;

/**
 * Names of what is measured while a run goes on. Accuracy and sparsity are fractions; x is the number of epochs over all stages.
 * Of masks that are made again and again, how far the new one is from those before: the largest Jaccard distance, the largest
 * share of places that differ (Hamming), and the share of the new mask that was in the one before. Where the network gets smaller
 * as it trains, the multiply-accumulates that one sample cost in the epoch. Of searches for widths, by method, the best accuracy so
 * far within the budget, with the number of evaluations as the round. Of masks that exchange weights, the share that came back.
 * The seconds of work since the run began are told with every measurement, and are no part of what a run leaves behind.
 */
export const metricNameSchema = z.enum([
  'train/loss',
  'train/accuracy',
  'validation/loss',
  'validation/accuracy',
  'sparsity',
  'learning-rate',
  'mask/jaccard',
  'mask/hamming',
  'mask/overlap',
  'mask/grown',
  'macs',
  'seconds',
  ...searchMethodSchema.options.map((method) => `search/${method}` as const),
]);
export type MetricName = z.infer<typeof metricNameSchema>;

export const metricPointSchema = z.object({
  name: metricNameSchema,
  /** Optimiser steps done in the whole run. */
  step: z.number().int().nonnegative(),
  /** Epochs done in the whole run, fractional. */
  epoch: z.number().nonnegative(),
  stage: z.number().int().nonnegative(),
  /** Of what is measured in rounds without training between: which round, from 1. */
  round: z.number().int().positive().optional(),
  value: z.number(),
});
export type MetricPoint = z.infer<typeof metricPointSchema>;

/** How much of one prunable layer is left. */
export const layerSparsitySchema = z.object({
  /** Parameter name. */
  name: z.string(),
  total: z.number().int().positive(),
  kept: z.number().int().nonnegative(),
  /**
   * Output channels (or units) that it came with, and those of which some weight is kept: the others leave, or could. Runs of older
   * versions did not count them.
   */
  channels: z.object({ total: z.number().int().positive(), kept: z.number().int().nonnegative() }).optional(),
});
export type LayerSparsity = z.infer<typeof layerSparsitySchema>;
