import type { Paradigm } from './paradigm.ts';

export const obdParadigm: Paradigm = {
  id: 'obd',
  label: 'Optimal brain damage (diagonal Fisher)',
  branch: 'after training',
  summary:
    'Removes, in rounds, the weights whose removal would raise the loss least, by its curvature along each weight (diagonal Fisher information).',
  aliases: ['optimal-brain-damage', 'fisher', 'hessian'],
  when: 'A well-trained network whose gradients are near zero, where curvature says more than slope.',
  cost: 'One dense training, one short training per round, and per round 256 single-sample gradients.',
  paper: {
    title: 'Optimal brain damage',
    authors: 'LeCun, Denker, Solla',
    year: 1990,
    url: 'https://proceedings.neurips.cc/paper/1989/hash/6c9882bbac1c7093bd25041881277658-Abstract.html',
  },
  defaults: { dense: 10, pruneEpochs: 2, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'fisher',
    scope: 'global',
    schedule: 'iterative',
    rounds: 5,
    updatesPerEpoch: 1,
  },
};
