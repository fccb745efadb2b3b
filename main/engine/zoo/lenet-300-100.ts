import { NetworkBuilder } from '../network/builder.ts';
import { scaled, type ZooEntry } from './entry.ts';

/** Gaussian Glorot weights as in the lottery-ticket experiments. */
const init = { kind: 'glorot-normal' } as const;

export const lenet300100: ZooEntry = {
  id: 'lenet-300-100',
  label: 'LeNet-300-100',
  summary: 'two hidden layers of 300 and 100 units',
  paper: 'LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998',
  defaultInput: [1, 28, 28],
  build: ({ input, classes, width }) =>
    new NetworkBuilder('lenet-300-100', input)
      .flatten()
      .dense('fc1', scaled(300, width), { init })
      .relu()
      .dense('fc2', scaled(100, width), { init })
      .relu()
      .dense('fc3', classes, { init })
      .build(),
};
