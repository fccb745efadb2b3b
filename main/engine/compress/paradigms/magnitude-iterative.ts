import type { Paradigm } from './paradigm.ts';

export const magnitudeIterative: Paradigm = {
  id: 'magnitude-iterative',
  label: 'Iterative magnitude pruning',
  branch: 'after training',
  summary:
    'Removes the same share of the smallest remaining weights in each round and trains between rounds.',
  when: 'You need high sparsity and can afford several short trainings.',
  cost: 'One dense training and one short training per round.',
  paper: {
    title: 'Learning both weights and connections for efficient neural networks',
    authors: 'Han, Pool, Tran, Dally',
    year: 2015,
    url: 'https://arxiv.org/abs/1506.02626',
  },
  defaults: { dense: 10, pruneEpochs: 2, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'iterative',
    rounds: 5,
    updatesPerEpoch: 1,
  },
};
