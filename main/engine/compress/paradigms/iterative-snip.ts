import type { Paradigm } from './paradigm.ts';

export const iterativeSnip: Paradigm = {
  id: 'iterative-snip',
  revision: 2,
  label: 'Iterative SNIP',
  branch: 'at initialisation',
  summary:
    'SNIP in many small steps: connections are scored anew in the network that is left, and what is pruned stays pruned.',
  when: 'High sparsity at initialisation (95 to 99.5 %), where a single SNIP would cut connections that only then matter.',
  cost: 'One sparse training and 60 gradients over ten samples of every class.',
  paper: {
    title: 'Progressive skeletonization: trimming more fat from a network at initialization',
    authors: 'de Jorge, Sanyal, Behl, Torr, Rogez, Dokania',
    year: 2021,
    url: 'https://arxiv.org/abs/2006.09081',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'snip',
    scope: 'global',
    schedule: 'iterative',
    rounds: 60,
    updatesPerEpoch: 1,
    batchNorm: 'training',
  },
};
