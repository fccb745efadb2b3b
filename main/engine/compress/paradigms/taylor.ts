import type { Paradigm } from './paradigm.ts';

export const taylorParadigm: Paradigm = {
  id: 'taylor',
  label: 'First-order Taylor pruning',
  branch: 'after training',
  summary:
    'Removes, in rounds, the weights whose removal would change the loss least, judged by its gradient on training data.',
  when: 'Magnitude misleads: weights of very different scales, or a network that was fine-tuned from another task.',
  cost: 'One dense training, one short training per round, and per round a pass over up to 2,048 samples.',
  paper: {
    title: 'Importance estimation for neural network pruning',
    authors: 'Molchanov, Mallya, Tyree, Frosio, Kautz',
    year: 2019,
    url: 'https://arxiv.org/abs/1906.10771',
  },
  defaults: { dense: 10, pruneEpochs: 2, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'taylor',
    scope: 'global',
    schedule: 'iterative',
    rounds: 5,
    updatesPerEpoch: 1,
  },
};
