import { z } from 'zod';
import { dataReadSchema } from './data-read.ts';

/** Layers of which at most this many weights would be left are named beside those that would be emptied. */
export const FEW_WEIGHTS = 10;

/** What a budget would leave of every layer, computed before anything is trained or applied. */
export const forecastSchema = z.object({
  criterion: z.string(),
  scope: z.string(),
  sparsity: z.number().min(0).max(1),
  /**
   * 'exact': the run makes these very masks; 'shares': its masks leave as much of every layer, whichever weights these are;
   * 'present': made from the weights as they are now, where the run goes by trained ones or learns its masks;
   * 'fused': nothing is pruned, layers are fused, and there is nothing to tell of the weights of each;
   * 'searched': made as one ranking over all layers has it, where the run searches for what each keeps.
   */
  basis: z.enum(['exact', 'shares', 'present', 'searched', 'fused']),
  /** Whether the recipe protects layers from being emptied. */
  protect: z.boolean(),
  layers: z.array(
    z.object({
      name: z.string(),
      total: z.number().int().positive(),
      /** Weights that the selection alone leaves. */
      kept: z.number().int().nonnegative(),
      /** Weights that are left with protection. */
      protected: z.number().int().nonnegative(),
    }),
  ),
  empty: z.array(z.string()),
  /** Not empty, and with FEW_WEIGHTS or fewer of more. */
  few: z.array(z.string()),
  /** Classes of whose weights nothing would be left. */
  classes: z.array(z.string()),
  /** All of this for people. */
  words: z.array(z.object({ level: z.enum(['info', 'warning']), text: z.string() })),
  /** The data that it was made with. */
  data: dataReadSchema.optional(),
});
export type Forecast = z.infer<typeof forecastSchema>;
