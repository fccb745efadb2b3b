import type { Paradigm } from './paradigm.ts';

export const sbpParadigm: Paradigm = {
  id: 'sbp',
  revision: 2,
  label: 'SBP-SR on the edge of chaos',
  branch: 'at initialisation',
  summary:
    'Draws the weights so that signals pass unharmed through any depth, prunes the least sensitive connections, and scales what is left back to that point.',
  aliases: ['robust-pruning-at-initialisation'],
  when: 'Deep networks without batch norm (ReLU or tanh), in which SNIP would empty whole layers.',
  cost: 'One sparse training and one gradient over ten samples of every class.',
  paper: {
    title: 'Robust pruning at initialization',
    authors: 'Hayou, Ton, Doucet, Teh',
    year: 2021,
    url: 'https://arxiv.org/abs/2002.08797',
  },
  defaults: { dense: 10, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'init',
    startFrom: 'found',
    train: 'full',
    criterion: 'snip',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    edgeOfChaos: true,
    rescale: true,
  },
};
