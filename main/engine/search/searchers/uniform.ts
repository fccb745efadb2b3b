import { z } from 'zod';
import { SEARCH_NAMES } from '../../../words/search.ts';
import type { SearcherKind } from '../searcher.ts';

const savedSchema = z.object({ tried: z.boolean() }).catch(() => ({ tried: false }));

/** Every group keeps the same share: what a search has to beat. */
export const uniform: SearcherKind = {
  id: 'uniform',
  label: SEARCH_NAMES.uniform,
  summary: 'Every layer keeps the same share. No search: what the others have to beat.',
  create({ space }, saved) {
    let { tried } = savedSchema.parse(saved?.json);
    return {
      propose: async () =>
        tried ? undefined : { ratios: space.groups.map(() => space.limit), projected: true },
      async observe() {
        tried = true;
      },
      save: async () => ({ json: { tried }, tensors: new Map() }),
      dispose: () => undefined,
    };
  },
};
