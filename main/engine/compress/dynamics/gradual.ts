import { z } from 'zod';
import type { DynamicsKind } from './dynamics.ts';

const savedSchema = z.object({ updates: z.number().int().nonnegative() }).catch({ updates: 0 });

/** Masks follow the schedule's targets, evenly spread over the stage: the first before its first step. */
export const gradual: DynamicsKind = {
  id: 'gradual',
  label: 'Gradual pruning',
  summary: 'Prunes a little more at each of many moments of the training.',
  options: [],
  usesCriterion: true,
  leaveLate: null,
  create({ spec, saved }) {
    let { updates } = savedSchema.parse(saved);
    const { targets } = spec;
    return {
      async beforeStep(done, total, live) {
        const before = updates;
        while (updates < targets.length && Math.round((updates * total) / targets.length) <= done) updates++;
        if (updates > before)
          await live.setMasks(await live.select(targets[updates - 1] ?? 0, `gradual/${updates}`));
      },
      save: () => ({ updates }),
    };
  },
};
