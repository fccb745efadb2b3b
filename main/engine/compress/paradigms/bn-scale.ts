import type { Paradigm } from './paradigm.ts';

export const bnScaleParadigm: Paradigm = {
  id: 'bn-scale',
  revision: 4,
  label: 'Batch-norm scale pruning',
  branch: 'after training',
  summary:
    'Removes the channels that their batch norm scales least, with all that makes and reads them, then fine-tunes what is left.',
  aliases: ['network-slimming', 'slimming'],
  when: 'Networks with batch norm, when whole channels should go rather than scattered weights: the budget counts channels. With `slimming: 0.0001` under prune the dense training pulls the scales towards zero, as the paper has it, and more of them can go unnoticed.',
  cost: 'One dense training and one fine-tuning.',
  paper: {
    title: 'Learning efficient convolutional networks through network slimming',
    authors: 'Liu, Li, Shen, Huang, Yan, Zhang',
    year: 2017,
    url: 'https://arxiv.org/abs/1708.06519',
  },
  differs:
    "Channels that a sum ties go together, ranked by the largest of their scales, so that they can leave the network; the authors rank those of every norm by themselves and pick them by index where branches meet. Scales begin with 1, in the authors' code with 0.5 (`initScale`), and nothing pulls at them unless `prune.slimming` is set.",
  defaults: { dense: 10, pruneEpochs: null, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'bn-scale',
    structure: 'channel',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
