import { NetworkBuilder } from '../network/builder.ts';
import { scaled, type ZooEntry } from './entry.ts';

/** Widths of the three stages; the second and the third halve the image at their first block. */
const widths = [16, 32, 64];

/**
 * The residual networks for small images: 6n + 2 layers, n blocks of two 3x3 convolutions in each of three stages. Where the
 * shape changes, the shortcut is a 1x1 convolution with batch norm (option B, as in most work on pruning at initialisation).
 */
function resnetCifar(depth: number): ZooEntry {
  const id = `resnet-${depth}`;
  return {
    id,
    label: `ResNet-${depth}`,
    summary: `residual network of ${depth} layers for small images`,
    paper: 'He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2016',
    defaultInput: [3, 32, 32],
    build({ input, classes, width }) {
      const net = new NetworkBuilder(id, input)
        .conv('conv1', scaled(16, width), { bias: false })
        .batchNorm('bn1')
        .relu('relu1');
      widths.forEach((channels, stage) => {
        for (let block = 0; block < (depth - 2) / 6; block++) {
          addBlock(
            net,
            `stage${stage + 1}.block${block + 1}`,
            scaled(channels, width),
            stage > 0 && block === 0 ? 2 : 1,
          );
        }
      });
      return net.globalAvgPool().flatten().dense('fc', classes).build();
    },
  };
}

function addBlock(net: NetworkBuilder, name: string, width: number, stride: number): void {
  const entry = net.value;
  const sameShape = stride === 1 && net.shape[0] === width;
  const main = net
    .conv(`${name}.conv1`, width, { stride, bias: false })
    .batchNorm(`${name}.bn1`)
    .relu(`${name}.relu1`)
    .conv(`${name}.conv2`, width, { bias: false })
    .batchNorm(`${name}.bn2`).value;
  net.at(entry);
  if (!sameShape) {
    net
      .conv(`${name}.shortcut.conv`, width, { kernel: 1, stride, bias: false })
      .batchNorm(`${name}.shortcut.bn`);
  }
  const shortcut = net.value;
  net.at(main).add(shortcut, `${name}.add`).relu(`${name}.relu2`);
}

export const resnet20 = resnetCifar(20);
export const resnet32 = resnetCifar(32);
export const resnet56 = resnetCifar(56);
