import type { Paradigm } from './paradigm.ts';
import { SEARCHED_WIDTHS } from './searched-point.ts';

export const amcParadigm: Paradigm = {
  id: 'amc',
  label: 'AMC',
  branch: 'after training',
  summary:
    'An actor and a critic choose layer by layer how many channels stay; a wall on their choices keeps the budget within reach. Then fine-tunes.',
  when: 'Channels are to leave within a budget of MACs or parameters, and time is there to try some hundred networks.',
  cost: 'One dense training, one evaluation on a part of the validation samples for every try, and one fine-tuning.',
  paper: {
    title: 'AMC: AutoML for model compression and acceleration on mobile devices',
    authors: 'He, Lin, Liu, Wang, Li, Han',
    year: 2018,
    url: 'https://arxiv.org/abs/1802.03494',
  },
  differs:
    'Whole groups of coupled channels leave, ranked by magnitude, and batch norms are recalibrated; weights are not reconstructed by least squares. The wall goes by the true cost of the smaller network, and what rounding leaves of the budget is given to layers.',
  defaults: { dense: 10, pruneEpochs: null, finetune: 5 },
  point: { ...SEARCHED_WIDTHS, search: 'amc' },
};
