import { NetworkBuilder } from '../network/builder.ts';
import { scaled, type ZooEntry } from './entry.ts';

const init = { kind: 'glorot-normal' } as const;

/** Caffe's variant of LeNet-5: unpadded 5x5 convolutions, maximum pooling, one ReLU after the hidden dense layer. */
export const lenet5Caffe: ZooEntry = {
  id: 'lenet-5-caffe',
  label: 'LeNet-5-Caffe',
  summary: 'two 5x5 convolutions and two dense layers',
  paper: "LeCun et al. 1998, in the form of Caffe's MNIST example (Jia et al. 2014)",
  defaultInput: [1, 28, 28],
  build: ({ input, classes, width }) =>
    new NetworkBuilder('lenet-5-caffe', input)
      .conv('conv1', scaled(20, width), { kernel: 5, pad: 0, init })
      .maxPool(2)
      .conv('conv2', scaled(50, width), { kernel: 5, pad: 0, init })
      .maxPool(2)
      .flatten()
      .dense('fc1', scaled(500, width), { init })
      .relu()
      .dense('fc2', classes, { init })
      .build(),
};
