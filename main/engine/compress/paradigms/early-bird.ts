import type { Paradigm } from './paradigm.ts';

export const earlyBirdParadigm: Paradigm = {
  id: 'early-bird',
  revision: 3,
  label: 'Early-bird ticket',
  branch: 'lottery ticket',
  summary:
    'Trains as usual while scales of batch norms are pulled to zero, watches after every epoch which channels pruning would keep, prunes once that hardly changes, and trains on.',
  when: 'You want most of a ticket for little: the network is smaller for at least half of one training. The budget counts channels; networks without batch norm are pruned weight by weight, by magnitude, which the report says. Not telling above 90 % sparsity, where all masks look alike.',
  cost: 'One training; a selection after every epoch until the ticket is drawn.',
  paper: {
    title: 'Drawing early-bird tickets: towards more efficient training of deep networks',
    authors: 'You, Li, Xu, Fu, Wang, Chen, Baraniuk, Wang, Lin',
    year: 2020,
    url: 'https://arxiv.org/abs/1909.11957',
  },
  differs:
    'Channels that a sum ties go together, ranked by the largest of their scales, so that they can leave the network; the authors rank those of every norm by themselves and pick them by index where branches meet. A ticket that has not shown by half of the training is drawn then, which the report tells.',
  defaults: { dense: 20, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'learned',
    startFrom: 'found',
    train: 'none',
    criterion: 'bn-scale',
    structure: 'channel',
    scope: 'global',
    withoutNorms: { criterion: 'magnitude', structure: 'element' },
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    dynamics: 'early-bird',
  },
};
