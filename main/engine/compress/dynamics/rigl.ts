import type { MaskSet, TensorData } from '../../network/graph.ts';
import { countKept } from '../masks.ts';
import type { DynamicsKind } from './dynamics.ts';
import { regrowByGradient } from './regrow.ts';

/** Share of a layer's weights that the first update would replace: alpha in the paper. */
const FRACTION = 0.3;
/** Steps between updates: Delta T in the paper. */
const EVERY = 100;
/** A training too short for that many steps between updates gets this many updates instead, as far as it has steps. */
const UPDATES = 30;
/** Share of the training after which the masks stay: T_end = 25,000 of 32,000 steps in the paper, 75,000 of 97,656. */
const UNTIL = 0.75;

/**
 * RigL (Evci et al. 2020). The gradients that growing looks at are taken on a batch of their own, and the training step that
 * the paper leaves out at an update is taken too.
 */
export const rigl: DynamicsKind = {
  id: 'rigl',
  label: 'RigL',
  summary: 'Now and then the smallest weights give way to those that would have the largest gradients.',
  options: ['every', 'fraction'],
  usesCriterion: true,
  leaveLate: 'what is pruned may grow again',
  structures: { ids: ['element'], why: 'it replaces one weight by another' },
  create: ({ spec: { options } }) => ({
    async beforeStep(done, total, live) {
      const end = UNTIL * total;
      if (done === 0 || done >= end || done % (options.every ?? riglInterval(total)) !== 0) return;
      const fraction = riglFraction(done, end, options.fraction ?? FRACTION);
      const weights = await live.weights();
      const gradients = await live.denseGradients();
      const masks: MaskSet = new Map();
      for (const [name, mask] of live.masks) {
        const { data } = weights.get(name) as TensorData;
        const count = Math.floor(fraction * countKept(mask));
        masks.set(name, regrowByGradient(data, gradients.get(name) as Float32Array, mask, count));
      }
      await live.setMasks(masks);
    },
    save: () => null,
  }),
};

/** f(t) = alpha / 2 (1 + cos(pi t / end)): the share of the kept weights that the update before step t replaces. */
export function riglFraction(t: number, end: number, alpha: number): number {
  return (alpha / 2) * (1 + Math.cos((Math.PI * t) / end));
}

/** Steps between two updates, where the recipe does not say: 100, and fewer in trainings of less than 4000 steps. */
export function riglInterval(total: number): number {
  return Math.min(EVERY, Math.max(1, Math.floor((UNTIL * total) / UPDATES)));
}
