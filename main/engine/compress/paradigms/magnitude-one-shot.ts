import type { Paradigm } from './paradigm.ts';

export const magnitudeOneShot: Paradigm = {
  id: 'magnitude-one-shot',
  label: 'One-shot magnitude pruning',
  branch: 'after training',
  summary: 'Removes the smallest weights of a trained network at once, then fine-tunes what is left.',
  aliases: ['one-shot', 'l1-unstructured'],
  when: 'You want a result quickly, or a moderate sparsity (up to about 80 %).',
  cost: 'One dense training and one fine-tuning.',
  paper: {
    title: 'Learning both weights and connections for efficient neural networks',
    authors: 'Han, Pool, Tran, Dally',
    year: 2015,
    url: 'https://arxiv.org/abs/1506.02626',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
