import { NetworkBuilder } from '../network/builder.ts';
import { scaled, type ZooEntry } from './entry.ts';

/** Filters of the convolutions between two poolings. */
const stages = [
  [64, 64],
  [128, 128],
  [256, 256],
];

/** The first three stages of VGG for small images, with batch normalisation, and one dense layer on what is left. */
export const vggLike: ZooEntry = {
  id: 'vgg-like',
  label: 'VGG-like',
  summary: 'six 3x3 convolutions in three stages with batch norm',
  paper:
    'after Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition, 2015',
  defaultInput: [3, 32, 32],
  build({ input, classes, width }) {
    const net = new NetworkBuilder('vgg-like', input);
    stages.forEach((stage, i) => {
      stage.forEach((filters, j) => {
        const place = `${i + 1}_${j + 1}`;
        net
          .conv(`conv${place}`, scaled(filters, width), { bias: false })
          .batchNorm(`bn${place}`)
          .relu(`relu${place}`);
      });
      net.maxPool(2);
    });
    return net.flatten().dense('fc', classes).build();
  },
};
