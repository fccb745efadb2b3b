import { z } from 'zod';
import { searchMethodSchema, type SearchReport } from '../../contract/search.ts';
import type { Stage } from '../compress/framework.ts';
import { unitsOf } from '../compress/select.ts';
import type { Network } from '../network/graph.ts';
import { bestOf, keptTrialSchema } from '../search/trial.ts';

/** Where a search for widths stands, as a checkpoint has it; the tensors of the method at work are the run's extra ones. */
export const widthSearchSchema = z.object({
  /** The stage. */
  stage: z.number().int(),
  samples: z.number().int(),
  /** The share that may be left of what the budget is of. */
  limit: z.number(),
  /** What the network is worth before anything is pruned. */
  whole: z.object({ accuracy: z.number(), loss: z.number() }),
  /** In the order of the stage's methods, those that have begun. */
  trials: z.array(keptTrialSchema),
  /** What was found, once all are over. */
  best: z.object({ method: searchMethodSchema, counts: z.array(z.number().int()) }).nullable(),
});
export type WidthSearch = z.infer<typeof widthSearchSchema>;

/** What a search came to, as the report has it; undefined where the plan has none. */
export function searchReport(
  { best, trials, samples, limit, whole }: WidthSearch,
  stage: Extract<Stage, { kind: 'search' }>,
  base: Network,
): SearchReport | undefined {
  if (best === null) return undefined;
  const { groups } = unitsOf(base, stage.selection);
  return {
    measure: stage.selection.measure ?? 'sparsity',
    asked: limit,
    evaluations: stage.evaluations,
    samples,
    fineTune: stage.fineTune,
    whole,
    winner: best.method,
    methods: trials.map(({ method, tried, proposals }) => {
      const found = bestOf(tried);
      return {
        method,
        evaluations: tried.length,
        proposals,
        best: found && { accuracy: found.accuracy, loss: found.loss, left: found.share },
      };
    }),
    groups: groups.map(({ name, units }, g) => ({ name, units, kept: best.counts[g] ?? units })),
  };
}
