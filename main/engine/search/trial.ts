import { searchMethodSchema, type SearchMethod } from '../../contract/search.ts';
import { z } from 'zod';
import type { SlotSet } from '../network/model.ts';
import { better, type Measured, type Searcher, type SearcherState } from './searcher.ts';
import type { Space } from './space.ts';

const triedSchema = z.object({
  counts: z.array(z.number().int()),
  accuracy: z.number(),
  loss: z.number(),
  /** What is left of what the budget is of. */
  share: z.number(),
  /** Whether they meet the budget, and leave no step of it unused. */
  meets: z.boolean(),
});
/** Widths that were tried, and what they came to. */
export type Tried = z.infer<typeof triedSchema>;

/** What one method did so far, without its tensors. */
export const keptTrialSchema = z.object({
  method: searchMethodSchema,
  /** Different widths, in the order in which they were tried. */
  tried: z.array(triedSchema),
  /** Proposals, those of widths tried before too. */
  proposals: z.number().int(),
  /** The searcher has nothing more to try, or has had its evaluations. */
  over: z.boolean(),
  searcher: z.unknown(),
});
export type KeptTrial = z.infer<typeof keptTrialSchema>;

/** The best of those that meet the budget; null where none does. */
export function bestOf(tried: readonly Tried[]): Tried | null {
  const meeting = tried.filter(({ meets }) => meets);
  return meeting.reduce<Tried | null>((best, one) => (best === null || better(one, best) ? one : best), null);
}

/** A method may propose widths that it tried before; after so many proposals for every evaluation it is over. */
const PROPOSALS = 5;

/** One method at work: asks its searcher for widths, has those measured that it has not tried, and tells it what they came to. */
export class Trial {
  readonly method: SearchMethod;
  readonly tried: Tried[];
  proposals: number;
  over: boolean;
  private readonly known: Map<string, Tried>;
  private readonly searcher: Searcher;
  private readonly space: Space;
  private readonly evaluations: number;

  /** @param kept where an earlier one stood; the searcher stands there too */
  constructor(
    method: SearchMethod,
    searcher: Searcher,
    space: Space,
    evaluations: number,
    kept?: Pick<KeptTrial, 'tried' | 'proposals' | 'over'>,
  ) {
    this.method = method;
    this.searcher = searcher;
    this.space = space;
    this.evaluations = evaluations;
    this.tried = [...(kept?.tried ?? [])];
    this.known = new Map(this.tried.map((one) => [one.counts.join(), one]));
    this.proposals = kept?.proposals ?? 0;
    this.over = kept?.over ?? false;
  }

  /** Tries one proposal. @param measure what widths come to; the same for the same widths */
  async step(measure: (counts: readonly number[]) => Promise<Measured>): Promise<void> {
    const candidate = await this.searcher.propose();
    if (candidate === undefined) {
      this.over = true;
      return;
    }
    const { ratios, projected } = candidate;
    const counts = projected ? this.space.project(ratios) : this.space.counts(ratios);
    const key = counts.join();
    const known = this.known.get(key);
    const { accuracy, loss } = known ?? (await measure(counts));
    const tried = known ?? {
      counts,
      accuracy,
      loss,
      share: this.space.share(counts),
      meets: this.space.meets(counts),
    };
    if (known === undefined) this.tried.push(tried);
    this.known.set(key, tried);
    this.proposals++;
    await this.searcher.observe(tried);
    this.over = this.tried.length >= this.evaluations || this.proposals >= PROPOSALS * this.evaluations;
  }

  /** The best so far that meets the budget; null while none did. */
  get best(): Tried | null {
    return bestOf(this.tried);
  }

  async save(): Promise<{ kept: KeptTrial; tensors: SlotSet }> {
    const { method, tried, proposals, over } = this;
    const { json, tensors }: SearcherState = await this.searcher.save();
    return { kept: { method, tried: [...tried], proposals, over, searcher: json }, tensors };
  }

  dispose(): void {
    this.searcher.dispose();
  }
}
