import type { Paradigm } from './paradigm.ts';

export const snipParadigm: Paradigm = {
  id: 'snip',
  revision: 2,
  label: 'SNIP',
  branch: 'at initialisation',
  summary:
    'Scores the connections of the untrained network once, by how much the loss depends on them, and trains what is left.',
  when: 'You want to train once, sparse from the start, at moderate sparsity (up to about 95 %).',
  cost: 'One sparse training and one gradient over ten samples of every class.',
  paper: {
    title: 'SNIP: single-shot network pruning based on connection sensitivity',
    authors: 'Lee, Ajanthan, Torr',
    year: 2019,
    url: 'https://arxiv.org/abs/1810.02340',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'snip',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
