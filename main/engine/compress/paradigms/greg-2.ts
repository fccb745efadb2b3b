import type { Paradigm } from './paradigm.ts';

export const greg2Paradigm: Paradigm = {
  id: 'greg-2',
  revision: 2,
  label: 'GReg-2 (growing regularisation)',
  branch: 'after training',
  summary:
    'Lets a small penalty grow on all weights of a trained network: those that the loss does not hold give way. These are picked, pushed to zero and removed.',
  when: "You want weights to be chosen by the loss's curvature rather than by size alone, without computing second derivatives.",
  cost: 'One dense training, a regularised one and a fine-tuning; one more number per weight in memory.',
  paper: {
    title: 'Neural pruning via growing regularization',
    authors: 'Wang, Qin, Zhang, Fu',
    year: 2021,
    url: 'https://arxiv.org/abs/2012.09243',
  },
  differs:
    'Of whole channels the penalty is on all that leaves with them: filters, what reads them, biases and norms; the authors put it on filters alone, and prune those whose outputs no sum joins.',
  defaults: { dense: 10, pruneEpochs: 5, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'magnitude',
    // The paper prunes every layer by the same share ('layerwise'); one ranking over all layers loses less.
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    dynamics: 'greg-2',
  },
};
