import type { Paradigm } from './paradigm.ts';

export const synflowParadigm: Paradigm = {
  id: 'synflow',
  revision: 2,
  label: 'SynFlow',
  branch: 'at initialisation',
  summary:
    'Keeps the weights through which most of the untrained network flows, in a hundred small steps and without looking at data.',
  when: 'Extreme sparsity at initialisation, or data that must not be touched for pruning: no layer is emptied before it must be.',
  cost: 'One sparse training and 100 passes of a single input.',
  paper: {
    title: 'Pruning neural networks without any data by iteratively conserving synaptic flow',
    authors: 'Tanaka, Kunin, Yamins, Ganguli',
    year: 2020,
    url: 'https://arxiv.org/abs/2006.05467',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'synflow',
    scope: 'global',
    schedule: 'iterative',
    rounds: 100,
    updatesPerEpoch: 1,
  },
};
