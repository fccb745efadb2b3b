import type { Paradigm } from './paradigm.ts';

export const earlyBirdParadigm: Paradigm = {
  id: 'early-bird',
  label: 'Early-bird ticket',
  branch: 'lottery ticket',
  summary:
    'Trains as usual, watches after every epoch which weights pruning would keep, prunes once that hardly changes, and trains on.',
  when: 'You want most of a ticket for little: the network is sparse for at least half of one training. Not telling above 90 % sparsity, where all masks look alike.',
  cost: 'One training; a selection after every epoch until the ticket is drawn.',
  paper: {
    title: 'Drawing early-bird tickets: towards more efficient training of deep networks',
    authors: 'You, Li, Xu, Fu, Wang, Chen, Baraniuk, Wang, Lin',
    year: 2020,
    url: 'https://arxiv.org/abs/1909.11957',
  },
  defaults: { dense: 20, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'learned',
    startFrom: 'found',
    train: 'none',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    dynamics: 'early-bird',
  },
};
