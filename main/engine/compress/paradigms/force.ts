import type { Paradigm } from './paradigm.ts';

export const forceParadigm: Paradigm = {
  id: 'force',
  revision: 2,
  label: 'FORCE',
  branch: 'at initialisation',
  summary: 'SNIP in many small steps, in which pruned connections are scored too and may come back.',
  when: 'Extreme sparsity at initialisation (99 % and beyond).',
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
    regrow: true,
  },
};
