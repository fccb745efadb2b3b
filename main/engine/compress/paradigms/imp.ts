import type { Paradigm } from './paradigm.ts';

export const imp: Paradigm = {
  id: 'imp',
  label: 'Lottery tickets (iterative magnitude, rewinding)',
  branch: 'lottery ticket',
  summary:
    'Trains, removes a fifth of the smallest remaining weights, puts the others back to their early values and trains again, round after round.',
  aliases: ['lottery-ticket', 'lottery-tickets', 'lth', 'iterative-magnitude-pruning'],
  when: 'You want the sparsest network that still trains to full accuracy and can pay for many trainings, or you study lottery tickets.',
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
  },
};
