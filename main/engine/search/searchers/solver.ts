import { z } from 'zod';
import { SEARCH_NAMES } from '../../../words/search.ts';
import { bestShares } from '../../compress/solve/shares.ts';
import type { SearcherKind } from '../searcher.ts';
import type { Space } from '../space.ts';

const savedSchema = z
  .object({ losses: z.array(z.number()), done: z.boolean() })
  .catch(() => ({ losses: [], done: false }));

/** Shares of a group that are measured at the most, and the largest. */
const SHARES = 10;
const MOST = 0.95;

/**
 * The knapsack on sensitivity curves (`compress/solve`): of every group alone, some shares are removed and the loss is measured;
 * the widths that meet the budget at the least predicted loss are the answer.
 */
export const solver: SearcherKind = {
  id: 'solver',
  label: SEARCH_NAMES.solver,
  summary: 'Measures what each layer alone loses, and solves for the shares that should lose least together.',
  create({ space, evaluations }, saved) {
    const { groups } = space;
    // The whole network is measured first, the answer last.
    const count = Math.min(SHARES, Math.max(1, Math.floor((evaluations - 2) / groups.length)));
    const shares = Array.from({ length: count }, (_, i) => (MOST * (i + 1)) / count);
    const points = groups.length * count;
    let { losses, done } = savedSchema.parse(saved?.json);
    return {
      async propose() {
        if (done) return undefined;
        if (losses.length <= points) {
          const at = losses.length - 1;
          const removed = at < 0 ? 0 : (shares[at % count] ?? 0);
          const ratios = groups.map((_, g) => (at >= 0 && g === Math.floor(at / count) ? 1 - removed : 1));
          return { ratios, projected: false };
        }
        return { ratios: solved(space, shares, losses), projected: true };
      },
      async observe({ loss }) {
        if (losses.length <= points) losses = [...losses, loss];
        else done = true;
      },
      save: async () => ({ json: { losses, done }, tensors: new Map() }),
      dispose: () => undefined,
    };
  },
};

/** Ratios by the losses of the whole network and of each group's shares in turn; uniform ones where no shares meet the budget. */
function solved(space: Space, shares: readonly number[], losses: readonly number[]): number[] {
  const { groups } = space;
  const [whole = 0, ...rest] = losses;
  const curves = groups.map(({ name }, g) => ({
    name,
    points: shares.map((share, s) => ({
      share,
      rise: { mean: (rest[g * shares.length + s] ?? 0) - whole },
    })),
  }));
  const ratiosOf = (removed: ReadonlyMap<string, number>) =>
    groups.map(({ name }) => 1 - (removed.get(name) ?? 0));
  const found = bestShares(
    { groups: curves },
    (removed) => space.amount(space.counts(ratiosOf(removed))),
    space.limit * space.whole,
  );
  return found === undefined ? groups.map(() => space.limit) : ratiosOf(found.shares);
}
