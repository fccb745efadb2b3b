import { z } from 'zod';
import type { KeptHistory } from './history.ts';

const key = 'espalier.draft';
const part = z.record(z.string(), z.unknown());
const origin = z.object({ id: z.number(), name: z.string() }).nullable();
// Loose: what the form does not know of is kept as it is.
const recipe = z.looseObject({
  network: z.string(),
  data: z.looseObject({ kind: z.string() }),
  paradigm: z.string(),
  budget: part,
  prune: part,
  export: z.array(z.string()),
});
const steps = z.array(z.object({ state: z.object({ recipe, origin }), place: z.string() })).max(200);
const keptSchema = z.object({
  projectId: z.number().nullable(),
  origin,
  seen: z.array(z.string()).default([]),
  recipe,
  /** What can be undone and made again; an unreadable one is no reason to lose the draft. */
  history: z.object({ past: steps, future: steps }).catch({ past: [], future: [] }),
});
/** A draft as the page keeps it. */
export type KeptDraft = z.infer<typeof keptSchema>;
/** What is written of it: nothing of it is changed there. */
type WrittenDraft = Omit<KeptDraft, 'history'> & { readonly history: KeptHistory<unknown> };

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
export function keepDraft(draft: WrittenDraft): void {
  sessionStorage.setItem(key, JSON.stringify(draft));
}
