import type { Paradigm } from './paradigm.ts';

export const supermaskParadigm: Paradigm = {
  id: 'supermask',
  revision: 2,
  label: 'Supermask (hidden network)',
  branch: 'sparse selection',
  summary:
    'Trains, for every weight of a random network, the probability of keeping it; the weights themselves are never trained.',
  when: 'To study what a random network already holds, with masks that are drawn rather than ranked while training.',
  cost: 'One training of probabilities, longer than a training of weights; no dense training.',
  paper: {
    title: 'Deconstructing lottery tickets: zeros, signs, and the supermask',
    authors: 'Zhou, Lan, Liu, Yosinski',
    year: 2019,
    url: 'https://arxiv.org/abs/1905.01067',
  },
  differs:
    "Masks are drawn at every step, as in the paper, but one mask is deployed and measured while training: that of the highest logits, exactly as many as the budget says, where the paper averages the answers of ten draws. The number of kept weights is held at the budget by a shift of each layer's logits; the paper leaves it to the training. Weights are scaled once, for the density of the budget, in place of the paper's dynamic rescaling by the share that each draw keeps.",
  defaults: { dense: 20, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'learned',
    startFrom: 'found',
    train: 'none',
    criterion: 'magnitude',
    // The paper leaves the shares to the training.
    scope: 'erk',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    dynamics: 'supermask',
  },
};
