import type { Paradigm } from './paradigm.ts';
import { SEARCHED_WIDTHS } from './searched-point.ts';

export const evolutionarySearch: Paradigm = {
  id: 'evolutionary-search',
  label: 'Evolutionary search',
  branch: 'after training',
  summary:
    'Breeds widths within the budget: the best of some have changed children, the oldest die. The best that ever lived is fine-tuned.',
  when: 'Channels are to leave, and time is there to try a hundred networks or more.',
  cost: 'One dense training, one evaluation on a part of the validation samples for every try, and one fine-tuning.',
  paper: {
    title: 'Regularized evolution for image classifier architecture search',
    authors: 'Real, Aggarwal, Huang, Le',
    year: 2019,
    url: 'https://arxiv.org/abs/1802.01548',
  },
  differs:
    "The paper's algorithm on widths in place of whole architectures: children also mix two parents, and nothing is trained from scratch to be measured.",
  defaults: { dense: 10, pruneEpochs: null, finetune: 5 },
  point: { ...SEARCHED_WIDTHS, search: 'evolution' },
};
