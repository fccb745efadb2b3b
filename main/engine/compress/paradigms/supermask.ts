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
