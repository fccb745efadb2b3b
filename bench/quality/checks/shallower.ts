import { at, type Check, type Section } from './check.ts';

const FASHION = 'fashion-mnist-vgg-like-shallower';
const MNIST = 'mnist-lenet-shallower';
/** As the grids' budgets have it. */
const GONE = 1 - 0.667;

const check: Check = {
  kind: 'above',
  what: 'Fused above a He start of the same shallow network, equal epochs',
  of: at(MNIST, 'fused', GONE),
  than: at(MNIST, 'He start, equal epochs', GONE),
  otherwise: 'The seeds spread too far for a verdict.',
};

export const shallower: Section = {
  title: 'Shallower networks',
  text: 'Neighbouring layers are fused until a third of them is gone: the best affine map takes the place of two layers and of what lies between them, the pair that loses the least first, and the network is trained on after each. Beside it stands the same shallow network, its weights drawn by He et al. and trained for as many epochs as the fused one is; the training of the deep network before the fusions is counted in the epochs of the fused VGG-like network, though the question is that of somebody who has it: there is no verdict on it.',
  grids: [FASHION, MNIST],
  reasons: {
    'He start, equal epochs': 'Weights drawn anew: a control.',
  },
  checks: [{ title: 'LeNet that came trained, three of five layers', list: [check] }],
};
