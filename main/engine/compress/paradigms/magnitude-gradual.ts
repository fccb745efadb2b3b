import type { Paradigm } from './paradigm.ts';

export const magnitudeGradual: Paradigm = {
  id: 'magnitude-gradual',
  label: 'Gradual magnitude pruning',
  branch: 'after training',
  summary:
    'Keeps training a trained network while its smallest weights are removed, many at first, fewer towards the end.',
  aliases: ['gradual', 'agp', 'gmp', 'automated-gradual-pruning'],
  when: 'The safe first choice: you have a trained network, or can train one, and want high sparsity at little loss.',
  cost: 'One dense training, then pruning and fine-tuning of about the same length together.',
  paper: {
    title: 'To prune, or not to prune: exploring the efficacy of pruning for model compression',
    authors: 'Zhu, Gupta',
    year: 2017,
    url: 'https://arxiv.org/abs/1710.01878',
  },
  defaults: { dense: 10, pruneEpochs: 5, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'cubic',
    rounds: 1,
    updatesPerEpoch: 10,
  },
};
