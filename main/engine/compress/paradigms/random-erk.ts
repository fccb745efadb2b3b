import type { Paradigm } from './paradigm.ts';

export const randomErk: Paradigm = {
  id: 'random-erk',
  label: 'Random pruning, ERK',
  branch: 'at initialisation',
  summary:
    'Removes weights at random from the untrained network; narrow layers and small kernels keep more (Erdos-Renyi kernel).',
  when: 'The strongest control without data or scores, and the usual start of sparse training.',
  cost: 'One sparse training; the mask costs nothing.',
  paper: {
    title:
      'The unreasonable effectiveness of random pruning: return of the most naive baseline for sparse training',
    authors: 'Liu, Chen, Chen, Shen, Mocanu, Wang, Pechenizkiy',
    year: 2022,
    url: 'https://arxiv.org/abs/2202.02643',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'random',
    scope: 'erk',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
