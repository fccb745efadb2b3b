import type { Paradigm } from './paradigm.ts';

export const lampParadigm: Paradigm = {
  id: 'lamp',
  label: 'LAMP',
  branch: 'after training',
  summary:
    'Ranks every weight against the larger weights of its own layer, so that one global budget finds its own sparsity for each layer.',
  when: 'You want the layer-wise sparsities of a global ranking without emptied layers and without settings.',
  cost: 'One dense training and one short training per round; no more than magnitude pruning.',
  paper: {
    title: 'Layer-adaptive sparsity for the magnitude-based pruning',
    authors: 'Lee, Park, Mo, Ahn, Shin',
    year: 2021,
    url: 'https://arxiv.org/abs/2010.07611',
  },
  defaults: { dense: 10, pruneEpochs: 2, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'lamp',
    scope: 'global',
    schedule: 'iterative',
    rounds: 5,
    updatesPerEpoch: 1,
  },
};
