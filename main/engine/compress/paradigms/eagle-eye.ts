import type { Paradigm } from './paradigm.ts';
import { SEARCHED_WIDTHS } from './searched-point.ts';

export const eagleEyeParadigm: Paradigm = {
  id: 'eagle-eye',
  label: 'EagleEye',
  branch: 'after training',
  summary:
    'Draws the widths of all layers at random within the budget, measures each network with recalibrated batch norms, and fine-tunes the best.',
  when: 'Channels are to leave, and a search should be as simple as can be: what learned searches have to beat.',
  cost: 'One dense training, one evaluation on a part of the validation samples for every try, and one fine-tuning.',
  paper: {
    title: 'EagleEye: fast sub-net evaluation for efficient neural network pruning',
    authors: 'Li, Wu, Su, Wang',
    year: 2020,
    url: 'https://arxiv.org/abs/2007.02491',
  },
  differs:
    'Whole groups of coupled channels leave. Widths that miss the budget are brought to it by shifting all their logits alike, where the authors draw anew.',
  defaults: { dense: 10, pruneEpochs: null, finetune: 5 },
  point: { ...SEARCHED_WIDTHS, search: 'random' },
};
