import { z } from 'zod';
import { problemSchema } from './messages.ts';

/** Shares that are removed of every layer or group where nobody names others. */
export const SENSITIVITY_SHARES = [0.1, 0.25, 0.5, 0.75, 0.9];
/** Samples that are looked at where nobody says how many. */
export const SENSITIVITY_SAMPLES = 1000;

const changeSchema = z.object({
  /** The mean over the samples, paired with the whole network's answer to each. */
  mean: z.number(),
  /** Its standard error. */
  error: z.number().nonnegative(),
});

const pointSchema = z.object({
  /** Of the group's units, 0..1. */
  share: z.number().min(0).max(1),
  /** Units that are gone. */
  removed: z.number().int().nonnegative(),
  /** Accuracy that is lost, a fraction; a gain is negative. */
  lost: changeSchema,
  /** By how much the loss rises. */
  rise: changeSchema,
});
export type SensitivityPoint = z.infer<typeof pointSchema>;

/** How much a network loses when a share of one layer or group alone is removed, without training. */
export const sensitivitySchema = z.object({
  version: z.literal(1),
  /** Of network, weights, samples, criterion and structure: the same fingerprint means the same figures. */
  fingerprint: z.string(),
  network: z.string(),
  criterion: z.string(),
  structure: z.string(),
  samples: z.number().int().positive(),
  shares: z.array(z.number().gt(0).lt(1)).min(1),
  whole: z.object({ accuracy: z.number(), loss: z.number() }),
  groups: z.array(
    z.object({ name: z.string(), units: z.number().int().positive(), points: z.array(pointSchema) }),
  ),
});
export type Sensitivity = z.infer<typeof sensitivitySchema>;

/** A sensitivity analysis with what it says about the recipe's budget. */
export const solvedSensitivitySchema = z.object({
  sensitivity: sensitivitySchema,
  /** Shares that meet the budget at the least predicted loss; null where none that was measured do, or the budget is not of one amount. */
  solved: z
    .object({
      /** What goes of each layer or group. */
      shares: z.record(z.string(), z.number()),
      /** The same as a recipe says it: `prune.layers`, and the sparsity that they come to. */
      layers: z.record(z.string(), z.number()),
      sparsity: z.number(),
      /** The rise of the loss that is predicted, and below which no shares come. */
      loss: z.number(),
      bound: z.number(),
    })
    .nullable(),
  /** Why there are none. */
  problem: problemSchema.nullable(),
});
export type SolvedSensitivity = z.infer<typeof solvedSensitivitySchema>;
