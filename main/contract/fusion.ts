import { z } from 'zod';

/** How a network answers the test part. */
const answersSchema = z.object({ accuracy: z.number().min(0).max(1), loss: z.number() });

const amountsSchema = z.object({
  /** Convolutions and dense layers. */
  layers: z.number().int().positive(),
  parameters: z.number().int().nonnegative(),
  macs: z.number().int().nonnegative(),
});

/** One fusion of two layers: what was foretold of it, and what it came to. */
export const fusionReportSchema = z.object({
  /** The layers that were fused. */
  first: z.string(),
  second: z.string(),
  /** [height, width] of the fused kernel; null for a dense layer. */
  kernel: z.tuple([z.number().int(), z.number().int()]).nullable(),
  /** Numbers of its input that one output of the fused layer reads. */
  inputs: z.number().int().positive(),
  /** Share of the variance of what the second layer made that the fused one does not give, 0..1: the forecast. */
  rho: z.number().min(0).max(1),
  /** Training samples that it was fitted on, and observations in them. */
  samples: z.number().int().positive(),
  observations: z.number().int().positive(),
  /** The other pairs that could have been fused, with what each would have lost. */
  others: z.array(z.object({ first: z.string(), second: z.string(), rho: z.number() })),
  before: answersSchema,
  /** Right after it, with nothing trained. */
  fused: answersSchema,
  /** Once it was trained on, up to the next fusion or the end. */
  trained: answersSchema,
  amounts: z.object({ before: amountsSchema, after: amountsSchema }),
});
export type FusionReport = z.infer<typeof fusionReportSchema>;
