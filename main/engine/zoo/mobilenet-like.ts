import { NetworkBuilder } from '../network/builder.ts';
import { scaled, type ZooEntry } from './entry.ts';

/** Width and stride of each depthwise-separable block. */
const blocks: readonly (readonly [width: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
];

/** MobileNet's depthwise-separable blocks at the sizes of small images. */
export const mobilenetLike: ZooEntry = {
  id: 'mobilenet-like',
  label: 'MobileNet-like',
  summary: 'seven depthwise-separable blocks',
  paper: 'after Howard et al.: MobileNets, efficient convolutional neural networks for mobile vision, 2017',
  defaultInput: [3, 32, 32],
  build({ input, classes, width }) {
    const net = new NetworkBuilder('mobilenet-like', input)
      .conv('conv1', scaled(32, width), { bias: false })
      .batchNorm('bn1')
      .relu6();
    blocks.forEach(([channels, stride], i) => {
      const name = `block${i + 1}`;
      net
        .depthwise(`${name}.depthwise`, { stride, bias: false })
        .batchNorm(`${name}.bn1`)
        .relu6(`${name}.relu1`)
        .conv(`${name}.pointwise`, scaled(channels, width), { kernel: 1, bias: false })
        .batchNorm(`${name}.bn2`)
        .relu6(`${name}.relu2`);
    });
    return net.globalAvgPool().flatten().dense('fc', classes).build();
  },
};
