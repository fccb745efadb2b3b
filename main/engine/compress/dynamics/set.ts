import type { MaskSet, TensorData } from '../../network/graph.ts';
import type { DynamicsKind } from './dynamics.ts';
import { regrowAtRandom } from './regrow.ts';

/** Share of a layer's weights that an update replaces: zeta in the paper. */
const FRACTION = 0.3;

/**
 * Sparse evolutionary training (Mocanu et al. 2018): after every epoch but the last, weights near zero make room for as many
 * at random places. The masks are those that the pruning before the training drew; the authors give a layer the density
 * epsilon (n_in + n_out) / (n_in n_out) with epsilon = 20 (`prune.epsilon`) and leave the last layer whole (`prune.exclude`).
 * New weights are zero, as in the authors' code with masks; their code with sparse matrices draws them from N(0, 0.1^2).
 */
export const set: DynamicsKind = {
  id: 'set',
  label: 'Sparse evolutionary training',
  summary: 'After every epoch the weights nearest to zero give way to new ones at random places.',
  options: ['every', 'fraction', 'deviation'],
  usesCriterion: true,
  leaveLate: 'what is pruned may grow again',
  structures: { ids: ['element'], why: 'it replaces one weight by another' },
  create: ({ spec: { options } }) => ({
    async beforeStep(done, _total, live) {
      if (done === 0 || done % (options.every ?? live.stepsPerEpoch) !== 0) return;
      const weights = await live.weights();
      const masks: MaskSet = new Map();
      const first = new Map<string, Float32Array>();
      for (const [name, mask] of live.masks) {
        const { data } = weights.get(name) as TensorData;
        const random = live.random(`set/${done}/${name}`);
        const next = regrowAtRandom(data, mask, options.fraction ?? FRACTION, random);
        masks.set(name, next);
        const { deviation = 0 } = options;
        if (deviation === 0) continue;
        first.set(
          name,
          data.map((_, i) => (next[i] === 1 && mask[i] === 0 ? deviation * random.normal() : 0)),
        );
      }
      await live.setMasks(masks, first);
    },
    save: () => null,
  }),
};
