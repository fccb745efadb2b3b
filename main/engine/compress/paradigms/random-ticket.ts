import type { Paradigm } from './paradigm.ts';

export const randomTicket: Paradigm = {
  id: 'random-ticket',
  label: 'Lottery tickets, shuffled mask (control)',
  branch: 'lottery ticket',
  summary:
    "Finds a lottery ticket's mask, then permutes it within every layer and trains from the early values: what is left when only the sparsity of each layer is kept.",
  when: "The control for lottery tickets: do the layers' sparsities alone explain the accuracy?",
  cost: 'One dense training and one whole training per round; with a fifth pruned per round, 10 rounds to 90 % and 17 to 98 %.',
  paper: {
    title: 'Sanity-checking pruning methods: random tickets can win the jackpot',
    authors: 'Su, Chen, Cai, Wu, Gao, Wang, Lee',
    year: 2020,
    url: 'https://arxiv.org/abs/2009.11094',
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
    control: 'shuffle',
  },
};
