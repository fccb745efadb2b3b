import type { Paradigm } from './paradigm.ts';

export const impFresh: Paradigm = {
  id: 'imp-fresh',
  label: 'Lottery tickets, fresh weights (control)',
  branch: 'lottery ticket',
  summary:
    "Finds a lottery ticket's mask, then draws new weights for it and trains them: what is left of the result when the ticket's own values are lost.",
  when: 'The control for lottery tickets: does the mask alone explain the accuracy?',
  cost: 'One dense training and one whole training per round; with a fifth pruned per round, 10 rounds to 90 % and 17 to 98 %.',
  paper: {
    title: 'The lottery ticket hypothesis: finding sparse, trainable neural networks',
    authors: 'Frankle, Carbin',
    year: 2019,
    url: 'https://arxiv.org/abs/1803.03635',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'trained',
    startFrom: 'rewound',
    train: 'rewound',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'iterative',
    rounds: { rate: 0.2 },
    updatesPerEpoch: 1,
    control: 'reinitialize',
  },
};
