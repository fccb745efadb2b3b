import type { Paradigm } from './paradigm.ts';

export const gibbsParadigm: Paradigm = {
  id: 'gibbs',
  label: 'Gibbs pruning',
  branch: 'after training',
  summary:
    'Trains and prunes in one go: every step draws a random mask, at first nearly any, later ever more surely that of the largest weights.',
  when: 'You train from scratch anyway and want the network to get used to missing weights on the way.',
  cost: 'One training, and at every step the drawing of masks; no dense network and no fine-tuning.',
  paper: {
    title: 'A framework for neural network pruning using Gibbs distributions',
    authors: 'Labach, Valaee',
    year: 2020,
    url: 'https://arxiv.org/abs/2006.04981',
  },
  differs:
    "The threshold lies halfway between the smallest score kept and the largest pruned; the authors interpolate a percentile. Single weights and filters are drawn at the inverse temperature beta as in the authors' code, kernels at twice that, as there. Masks that are deployed are those of the largest weights, not one more draw.",
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'learned',
    startFrom: 'found',
    train: 'none',
    criterion: 'magnitude',
    scope: 'layerwise',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    dynamics: 'gibbs',
  },
};
