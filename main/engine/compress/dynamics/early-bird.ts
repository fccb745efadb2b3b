import { z } from 'zod';
import { applyMasks, copyMasks, copyWeights } from '../masks.ts';
import type { DynamicsKind } from './dynamics.ts';
import { EarlyBirdDetector, KEPT } from './early-bird-detector.ts';

/** Share of the training by which the ticket is drawn even if the masks have not settled. */
const LATEST = 0.5;

const savedSchema = z
  .object({ drawn: z.boolean(), masks: z.array(z.string()) })
  .catch({ drawn: false, masks: [] });

/**
 * Early-bird tickets (You et al. 2020): after every epoch of an ordinary training the masks that pruning now would give are
 * compared with those of the four epochs before; once they have settled the network is pruned, and training goes on. At high
 * sparsity any two masks differ in few entries: above 95 % this is after five epochs whatever the network does.
 */
export const earlyBird: DynamicsKind = {
  id: 'early-bird',
  label: 'Early-bird',
  summary: 'Prunes as soon as the mask hardly changes from epoch to epoch.',
  options: [],
  usesCriterion: true,
  advise(epochs) {
    const last = Math.ceil(LATEST * epochs);
    return last >= KEPT
      ? undefined
      : `An early-bird ticket shows in the masks of ${KEPT} epochs, and this training of ${epochs} prunes after ${last}, whatever they are: it finds none. Train for ${Math.ceil((KEPT - 1) / LATEST) + 1} epochs or more.`;
  },
  create({ spec, saved }) {
    const state = savedSchema.parse(saved);
    const detector = new EarlyBirdDetector(state.masks);
    let { drawn } = state;
    return {
      async beforeStep(done, total, live) {
        if (drawn || done === 0 || done % live.stepsPerEpoch !== 0) return;
        const epoch = done / live.stepsPerEpoch;
        const masks = await live.select(spec.target, `early-bird/${epoch}`);
        const settled = detector.settled(masks);
        if (!settled && done < LATEST * total) return;
        drawn = true;
        if (settled) {
          live.log(
            `Early-bird ticket after epoch ${epoch}: the masks of five epochs differ by less than a tenth.`,
          );
        } else {
          live.warn(
            `No early-bird ticket by epoch ${epoch}, half of the training: pruned as the mask was then, which is no ticket of the paper's.`,
          );
        }
        await live.setMasks(masks);
      },
      async deployed(live) {
        const masks = drawn ? live.masks : await live.select(spec.target, 'early-bird/deployed');
        const weights = copyWeights(await live.weights());
        applyMasks(weights, masks);
        return { weights, masks: copyMasks(masks) };
      },
      save: () => ({ drawn, masks: drawn ? [] : detector.save() }),
    };
  },
};
