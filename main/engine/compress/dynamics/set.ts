import type { MaskSet, TensorData } from '../../network/graph.ts';
import type { DynamicsKind } from './dynamics.ts';
import { regrowAtRandom } from './regrow.ts';

/** Share of a layer's weights that an update replaces: zeta in the paper. */
const FRACTION = 0.3;

/**
 * Sparse evolutionary training (Mocanu et al. 2018): after every epoch but the last, weights near zero make room for as many
 * at random places, which start from zero. The masks are those that the pruning before the training drew.
 */
export const set: DynamicsKind = {
  id: 'set',
  label: 'Sparse evolutionary training',
  summary: 'After every epoch the weights nearest to zero give way to new ones at random places.',
  options: ['every', 'fraction'],
  usesCriterion: true,
  create: ({ spec: { options } }) => ({
    async beforeStep(done, _total, live) {
      if (done === 0 || done % (options.every ?? live.stepsPerEpoch) !== 0) return;
      const weights = await live.weights();
      const masks: MaskSet = new Map();
      for (const [name, mask] of live.masks) {
        const { data } = weights.get(name) as TensorData;
        const random = live.random(`set/${done}/${name}`);
        masks.set(name, regrowAtRandom(data, mask, options.fraction ?? FRACTION, random));
      }
      await live.setMasks(masks);
    },
    save: () => null,
  }),
};
