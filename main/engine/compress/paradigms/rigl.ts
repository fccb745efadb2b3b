import type { Paradigm } from './paradigm.ts';

export const riglParadigm: Paradigm = {
  id: 'rigl',
  label: 'RigL',
  branch: 'dynamic sparse training',
  summary:
    'Trains a network that is sparse from the first step: again and again the smallest weights are replaced by those whose gradients are largest, less and less until three quarters of the training.',
  when: 'You want the best accuracy that one training without a dense network gives. Longer trainings gain more.',
  cost: 'One training, and a dense gradient at every mask update; no dense network is needed.',
  paper: {
    title: 'Rigging the lottery: making all tickets winners',
    authors: 'Evci, Gale, Menick, Castro, Elsen',
    year: 2020,
    url: 'https://arxiv.org/abs/1911.11134',
  },
  differs:
    'The gradients that growing looks at come from a batch of their own, and the training step which the paper leaves out at an update is taken too. Trainings of less than 4,000 steps have 30 updates, more often than every 100 steps.',
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
    dynamics: 'rigl',
  },
};
