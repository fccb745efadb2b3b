import { z } from 'zod';
import { applyMasks, copyMasks, copyWeights } from '../masks.ts';
import { formatNumber, formatPercent } from '../../../words/format.ts';
import type { MaskChange } from '../mask-change.ts';
import { SLIMMING } from '../slimming.ts';
import type { DynamicsKind, LiveTraining } from './dynamics.ts';
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
  leaveLate: null,
  slimming: SLIMMING,
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
        const { kept, masks } = await live.selected(spec.target, `early-bird/${epoch}`);
        const { settled, changes } = detector.take(kept);
        tellDistances(live, epoch, changes);
        if (!settled && done < LATEST * total) return;
        drawn = true;
        if (settled) {
          live.find(
            `Early-bird ticket found after epoch ${epoch}: the masks of five epochs differ by less than a tenth.`,
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

/** How far the newest mask is from those kept: the largest distances for the curves, all of them for the log. */
function tellDistances(live: LiveTraining, epoch: number, changes: readonly MaskChange[]): void {
  if (changes.length === 0) return;
  const jaccard = changes.map((change) => change.jaccard);
  const hamming = changes.map((change) => change.hamming);
  live.record({ 'mask/jaccard': Math.max(...jaccard), 'mask/hamming': Math.max(...hamming) });
  const epochs = changes.length === 1 ? 'the epoch before' : `the ${changes.length} epochs before`;
  live.log(
    `Epoch ${epoch}: the mask differs from those of ${epochs} in ${hamming.map((share) => formatPercent(share, 1)).join(', ')} of its places, Jaccard distances ${jaccard.map(formatNumber).join(', ')}.`,
  );
}
