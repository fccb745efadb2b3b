import { z } from 'zod';

const key = 'espalier.draft';
const part = z.record(z.string(), z.unknown());
const keptSchema = z.object({
  projectId: z.number().nullable(),
  origin: z.object({ id: z.number(), name: z.string() }).nullable(),
  seen: z.array(z.string()).default([]),
  // Loose: what the form does not know of is kept as it is.
  recipe: z.looseObject({
    network: z.string(),
    data: z.looseObject({ kind: z.string() }),
    paradigm: z.string(),
    budget: part,
    prune: part,
    export: z.array(z.string()),
  }),
});
/** A draft as the page keeps it. */
export type KeptDraft = z.infer<typeof keptSchema>;

/** What the page kept of an unfinished draft; null when there is none, or it is of another version. */
export function recallDraft(): KeptDraft | null {
  try {
    const kept = keptSchema.safeParse(JSON.parse(sessionStorage.getItem(key) ?? 'null'));
    return kept.success ? kept.data : null;
  } catch {
    return null;
  }
}

/** Keeps a draft for as long as the window lives. */
export function keepDraft(draft: KeptDraft): void {
  sessionStorage.setItem(key, JSON.stringify(draft));
}
