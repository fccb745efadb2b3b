import type { Section } from './check.ts';

export const cifar: Section = {
  title: 'CIFAR-10, a small grid',
  text: 'ResNet-20 on a JPEG copy of CIFAR-10 (lossy, so accuracies are below those on the originals), 6,000 training images and eight epochs. This shows that the methods run on a residual network with batch norm, and no more: published results train 160 epochs or more on 50,000 images, and eight epochs order methods by how fast they start. No verdicts are given.',
  grids: ['cifar-10-resnet-20'],
  checks: [],
};
