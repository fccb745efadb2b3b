import type { Paradigm } from './paradigm.ts';

export const randomUniform: Paradigm = {
  id: 'random-uniform',
  label: 'Random pruning, uniform',
  branch: 'at initialisation',
  summary:
    'Removes weights at random from the untrained network, the same share of every layer, and trains what is left.',
  when: 'The control that every method at initialisation must beat.',
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
    scope: 'layerwise',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
