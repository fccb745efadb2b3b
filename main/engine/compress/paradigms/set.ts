import type { Paradigm } from './paradigm.ts';

export const setParadigm: Paradigm = {
  id: 'set',
  label: 'SET (sparse evolutionary training)',
  branch: 'dynamic sparse training',
  summary:
    'Trains a network that is sparse from the first step: after every epoch the weights nearest to zero are replaced by as many at random places.',
  aliases: ['sparse-evolutionary-training'],
  when: 'You want to train sparse from the start, and gradients of the missing weights are not to be computed.',
  cost: 'One training, at the cost of a sparse one; no dense network is needed.',
  paper: {
    title:
      'Scalable training of artificial neural networks with adaptive sparse connectivity inspired by network science',
    authors: 'Mocanu, Mocanu, Stone, Nguyen, Gibescu, Liotta',
    year: 2018,
    url: 'https://arxiv.org/abs/1707.04780',
  },
  differs:
    "The budget is spread over the layers as ERK says; the authors give a density by epsilon (`prune.epsilon`) and leave the last layer whole (`prune.exclude`). New weights are zero, as in the authors' code with masks; their code with sparse matrices draws small ones (`prune.dynamics.deviation`).",
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'random',
    scope: 'erk',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    dynamics: 'set',
  },
};
