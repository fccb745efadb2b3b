import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../base/random.ts';
import type { HostRecord, HostTensor, TensorRecord } from '../../backend/backend.ts';

/** A small network of dense layers: how wide each is, from its input to its output. */
export interface Mlp {
  /** Of its tensors' names: '<name>/w0', '<name>/b0', ... */
  readonly name: string;
  readonly sizes: readonly number[];
  readonly activation: 'tanh' | 'relu';
}

const layers = ({ sizes }: Mlp): number[] => [...sizes.slice(1).keys()];

export const variablesOf = (net: Mlp): string[] =>
  layers(net).flatMap((layer) => [`${net.name}/w${layer}`, `${net.name}/b${layer}`]);

/**
 * Initial numbers: normal with variance 1/fan-in (tanh) or 2/fan-in (ReLU), biases zero.
 * @param last what the last layer's weights are multiplied by, and its biases are
 */
export function drawn(net: Mlp, random: Random, last: { scale: number; bias: number }): HostRecord {
  const { sizes, activation } = net;
  return Object.fromEntries(
    layers(net).flatMap((layer): [string, HostTensor][] => {
      const [inputs = 1, outputs = 1] = sizes.slice(layer, layer + 2);
      const end = layer === sizes.length - 2;
      const deviation = Math.sqrt((activation === 'relu' ? 2 : 1) / inputs) * (end ? last.scale : 1);
      const weights = Float32Array.from({ length: inputs * outputs }, () => deviation * random.normal());
      return [
        [`${net.name}/w${layer}`, { shape: [inputs, outputs], data: weights }],
        [
          `${net.name}/b${layer}`,
          { shape: [outputs], data: new Float32Array(outputs).fill(end ? last.bias : 0) },
        ],
      ];
    }),
  );
}

/** What the network makes of x [batch, sizes[0]]: [batch, last size], without an activation at the end. */
export function applied(net: Mlp, values: TensorRecord, x: tf.Tensor): tf.Tensor {
  const last = net.sizes.length - 2;
  return layers(net).reduce((at, layer) => {
    const [w, b] = ['w', 'b'].map((kind) => values[`${net.name}/${kind}${layer}`] as tf.Tensor2D);
    const z = tf.add(tf.matMul(at as tf.Tensor2D, w as tf.Tensor2D), b as tf.Tensor);
    return layer === last ? z : net.activation === 'tanh' ? tf.tanh(z) : tf.relu(z);
  }, x);
}
