import type { Paradigm } from './paradigm.ts';

export const lrRewinding: Paradigm = {
  id: 'lr-rewinding',
  revision: 2,
  label: 'Learning-rate rewinding',
  branch: 'lottery ticket',
  summary:
    'Removes a fifth of the smallest remaining weights, keeps the values of the others, goes on with the optimiser as it is and repeats the whole learning-rate schedule, round after round.',
  when: 'You want the best accuracy at a given sparsity and can pay for many trainings.',
  cost: 'One dense training and one whole training per round; with a fifth pruned per round, 10 rounds to 90 % and 17 to 98 %.',
  paper: {
    title: 'Comparing rewinding and fine-tuning in neural network pruning',
    authors: 'Renda, Frankle, Carbin',
    year: 2020,
    url: 'https://arxiv.org/abs/2003.02389',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'rewound',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'iterative',
    rounds: { rate: 0.2 },
    updatesPerEpoch: 1,
  },
};
