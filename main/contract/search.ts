import { z } from 'zod';

/** How shares to keep of every layer or group are searched for. Each has a file in `main/engine/search/searchers`. */
export const searchMethodSchema = z.enum([
  'constrained-rl',
  'amc',
  'evolution',
  'random',
  'solver',
  'uniform',
]);
export type SearchMethod = z.infer<typeof searchMethodSchema>;

/** What a recipe says of a search; left out, `USUAL_SEARCH` has it. */
export const searchSpecSchema = z
  .strictObject({
    evaluations: z
      .number()
      .int()
      .min(2)
      .max(100_000)
      .optional()
      .describe('Different widths that are tried, by each method'),
    samples: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Validation samples that an evaluation looks at (training samples where none are held out)'),
    fineTune: z
      .number()
      .int()
      .min(0)
      .max(100_000)
      .optional()
      .describe(
        'Steps of fine-tuning before widths are measured; without any, batch norms are recalibrated alone',
      ),
    rivals: z
      .array(searchMethodSchema)
      .max(searchMethodSchema.options.length)
      .optional()
      .describe(
        `Further methods that search beside the paradigm's own, with as many evaluations each; the best widths of all are taken: ${searchMethodSchema.options.join(', ')}`,
      ),
  })
  .describe('Search for the share that every layer keeps');

/** What a search is where a recipe leaves it open. */
export const USUAL_SEARCH = { evaluations: 200, samples: 1000, fineTune: 0 } as const;

const foundSchema = z.object({ accuracy: z.number(), loss: z.number() });

/** What a search came to. */
export const searchReportSchema = z.object({
  /** What the budget's leading term is of. */
  measure: z.string(),
  /** The share of it that may be left. */
  asked: z.number(),
  /** Of each method, at the most. */
  evaluations: z.number().int(),
  samples: z.number().int(),
  fineTune: z.number().int(),
  /** The network before pruning, on the same samples. */
  whole: foundSchema,
  winner: searchMethodSchema,
  methods: z.array(
    z.object({
      method: searchMethodSchema,
      /** Different widths that were measured, and proposals, those of widths tried before too. */
      evaluations: z.number().int(),
      proposals: z.number().int(),
      /** Of the best widths that meet the budget, with what they leave; null where none did. */
      best: foundSchema.extend({ left: z.number() }).nullable(),
    }),
  ),
  /** The widths that were taken. */
  groups: z.array(z.object({ name: z.string(), units: z.number().int(), kept: z.number().int() })),
});
export type SearchReport = z.infer<typeof searchReportSchema>;
