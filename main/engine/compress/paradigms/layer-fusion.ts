import type { Paradigm } from './paradigm.ts';

export const layerFusion: Paradigm = {
  id: 'layer-fusion',
  label: 'Layer fusion (FuseInit)',
  branch: 'shallower network',
  summary:
    'Puts one layer in place of two neighbours, the best affine map from what the first reads to what the second makes; those that lose the least go first. Trains after every fusion.',
  aliases: ['fuseinit'],
  when: 'Depth is what a call costs: many small layers one after the other. Fused kernels are larger, so look at the MACs that the forecast shows.',
  cost: 'One dense training, statistics of the training samples for every pair of neighbours, and some epochs of training after every fusion.',
  paper: {
    title: 'MSE-optimal neural network initialization via layer fusion',
    authors: 'Ghods, Lan, Goldstein, Studer',
    year: 2020,
    url: 'https://arxiv.org/abs/2001.10509',
  },
  differs:
    "The pair with the smallest relative error goes first, where the authors' code fuses the last pair first. Convolutions are fitted to all input channels jointly, over places and samples, with one bias for each channel; at most 10 observations, spread over the training samples, for every number of a fused layer's input. Everything comes from the network as it stands.",
  defaults: { dense: 10, pruneEpochs: 3, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'iterative',
    rounds: 1,
    updatesPerEpoch: 1,
    fuses: true,
  },
};
