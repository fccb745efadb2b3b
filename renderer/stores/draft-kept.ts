import { z } from 'zod';
import { draftOriginSchema, draftRecipeSchema, leftDraftSchema } from '../../main/contract/draft.ts';
import type { LeftDraft } from '../../main/contract/draft.ts';
import { studio } from '../bridge/index.ts';
import type { KeptHistory } from './history.ts';

const key = 'espalier.draft';
/** The studio is told of a draft so long after the first of several changes. */
const settleMs = 300;

const stateSchema = z.object({ recipe: draftRecipeSchema, origin: draftOriginSchema });
const steps = z.array(z.object({ state: stateSchema, place: z.string() })).max(200);
const keptSchema = leftDraftSchema.extend({
  /** What can be undone and made again; an unreadable one is no reason to lose the draft. */
  history: z.object({ past: steps, future: steps }).catch({ past: [], future: [] }),
});
/** A draft as the page keeps it. */
type KeptDraft = z.infer<typeof keptSchema>;
/** What is written of it: nothing of it is changed there. */
type WrittenDraft = LeftDraft & { readonly history: KeptHistory<unknown> };

/** What the page kept of an unfinished draft; null when there is none, or it is of another version. */
export function recallDraft(): KeptDraft | null {
  try {
    const kept = keptSchema.safeParse(JSON.parse(sessionStorage.getItem(key) ?? 'null'));
    return kept.success ? kept.data : null;
  } catch {
    return null;
  }
}

/** What was left in any window before, of this start of the program or an earlier one; null where that cannot be told. */
export const leftDraft = (): Promise<LeftDraft | null> => studio.call('drafts.get', null).catch(() => null);

let timer: ReturnType<typeof setTimeout> | undefined;
let newest: LeftDraft | null = null;

/**
 * Keeps a draft in the page for as long as the window lives, each window its own; the studio keeps the one that was changed last, for
 * windows that come later.
 * @param begun whether there is something in it to go on with
 */
export function keepDraft({ history, ...draft }: WrittenDraft, begun: boolean): void {
  sessionStorage.setItem(key, JSON.stringify({ ...draft, history }));
  newest = begun ? draft : null;
  timer ??= setTimeout(() => {
    timer = undefined;
    // One that could not be told of now is with the next change.
    void studio.call('drafts.keep', { draft: newest }).catch(() => undefined);
  }, settleMs);
}
