import type { Paradigm } from './paradigm.ts';

export const graspParadigm: Paradigm = {
  id: 'grasp',
  label: 'GraSP',
  branch: 'at initialisation',
  summary:
    'Keeps the connections of the untrained network without which its gradient would shrink: those that training needs to make progress.',
  when: 'Training once, sparse from the start, at high sparsity, when SNIP trains slowly.',
  cost: 'One sparse training and two passes over ten samples of every class, the second with curvature.',
  paper: {
    title: 'Picking winning tickets before training by preserving gradient flow',
    authors: 'Wang, Zhang, Grosse',
    year: 2020,
    url: 'https://arxiv.org/abs/2002.07376',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'grasp',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
  },
};
