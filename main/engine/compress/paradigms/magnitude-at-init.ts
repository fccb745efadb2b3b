import type { Paradigm } from './paradigm.ts';

export const magnitudeAtInit: Paradigm = {
  id: 'magnitude-at-init',
  label: 'Magnitude pruning at initialisation',
  branch: 'at initialisation',
  summary: 'Removes the smallest weights of the untrained network and trains what is left.',
  when: 'A control for methods at initialisation; at high sparsity it empties the widest layers unless they are protected.',
  cost: 'One sparse training; the mask costs nothing.',
  paper: {
    title: 'Pruning neural networks at initialization: why are we missing the mark?',
    authors: 'Frankle, Dziugaite, Roy, Carbin',
    year: 2021,
    url: 'https://arxiv.org/abs/2009.08576',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
