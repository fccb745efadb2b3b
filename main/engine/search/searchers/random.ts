import { z } from 'zod';
import { SEARCH_NAMES } from '../../../words/search.ts';
import type { SearcherKind } from '../searcher.ts';

const savedSchema = z.object({ tried: z.number().int() }).catch(() => ({ tried: 0 }));

/** Ratios drawn uniformly and independently, projected to the budget. */
export const random: SearcherKind = {
  id: 'random',
  label: SEARCH_NAMES.random,
  summary: 'Draws the share of every layer at random and brings all to the budget.',
  create({ space, random: draw }, saved) {
    let { tried } = savedSchema.parse(saved?.json);
    return {
      async propose() {
        const numbers = draw(`candidate/${tried}`);
        return { ratios: space.groups.map(() => numbers.float()), projected: true };
      },
      async observe() {
        tried++;
      },
      save: async () => ({ json: { tried }, tensors: new Map() }),
      dispose: () => undefined,
    };
  },
};
