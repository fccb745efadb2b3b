import type { Paradigm } from './paradigm.ts';

export const bnScaleParadigm: Paradigm = {
  id: 'bn-scale',
  label: 'Batch-norm scale pruning',
  branch: 'after training',
  summary:
    'Removes the weights of the channels that their batch norm scales least, then fine-tunes what is left.',
  when: 'Networks with batch norm, when whole channels should go rather than scattered weights. With `slimming: 0.0001` under prune the dense training pulls the scales towards zero, as the paper has it, and more of them can go unnoticed.',
  cost: 'One dense training and one fine-tuning.',
  paper: {
    title: 'Learning efficient convolutional networks through network slimming',
    authors: 'Liu, Li, Shen, Huang, Yan, Zhang',
    year: 2017,
    url: 'https://arxiv.org/abs/1708.06519',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'bn-scale',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
