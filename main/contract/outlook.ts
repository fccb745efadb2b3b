import { z } from 'zod';
import { problemSchema } from './messages.ts';

/** What a recipe would come to, by its plan alone: whether it goes together, and what it takes. */
export const outlookSchema = z.object({
  problems: z.array(problemSchema),
  /** Null where it does not go together. */
  work: z
    .object({
      /** Stages that train, of the first attempt where there may be several. */
      trainings: z.number().int().nonnegative(),
      /** Their epochs in all. */
      epochs: z.number().nonnegative(),
      /** Networks that a search evaluates. */
      evaluations: z.number().int().nonnegative(),
    })
    .nullable(),
});
export type Outlook = z.infer<typeof outlookSchema>;
