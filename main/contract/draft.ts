import { z } from 'zod';

const part = z.record(z.string(), z.unknown());
/** The run that a draft began as a copy of. */
export const draftOriginSchema = z.object({ id: z.number(), name: z.string() }).nullable();
/** Loose: a draft may be wrong still, and what the form does not know of is kept as it is. */
export const draftRecipeSchema = z.looseObject({
  network: z.string(),
  data: z.looseObject({ kind: z.string() }),
  paradigm: z.string(),
  budget: part,
  prune: part,
  export: z.array(z.string()),
});

/** An unfinished run of the wizard, as it was left. */
export const leftDraftSchema = z.object({
  projectId: z.number().nullable(),
  origin: draftOriginSchema,
  /** The wizard's steps that were come to. */
  seen: z.array(z.string()).default([]),
  recipe: draftRecipeSchema,
});
export type LeftDraft = z.infer<typeof leftDraftSchema>;
