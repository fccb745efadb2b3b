import * as tf from '@tensorflow/tfjs-core';
import { forwardValues } from '../../../main/engine/network/forward.ts';
import type { Network } from '../../../main/engine/network/graph.ts';
import { inputsOf, normalTensor, oneOpNetwork, type OneOp, randomWeights } from '../network/run.ts';

/** One layer in training as a function of all its tensors: the sum of its outputs with fixed random weights. */
export interface LayerLoss {
  /** Inputs and parameters, by name. */
  readonly values: Readonly<Record<string, { shape: readonly number[]; data: Float32Array }>>;
  readonly loss: (tensors: Readonly<Record<string, tf.Tensor>>) => tf.Scalar;
}

export function layerLoss(entry: OneOp): LayerLoss {
  const network = oneOpNetwork(entry);
  // Of running statistics the loss in training does not depend.
  const weights = [...randomWeights(network)].filter(([name]) => name !== 'mean' && name !== 'variance');
  const fixed = [...randomWeights(network)].filter(([name]) => name === 'mean' || name === 'variance');
  return {
    values: { ...inputsOf(entry), ...Object.fromEntries(weights) },
    loss: (tensors) => {
      const constants = fixed.map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])] as const);
      const y = outputOf(network, { ...tensors, ...Object.fromEntries(constants) }, entry);
      const { data } = normalTensor(y.shape, 'weights of the outputs');
      // A layer need not look at all its inputs (a class token only counts them): their gradient is zero, not an error.
      const nothing = tf.addN(Object.values(tensors).map((tensor) => tf.mul(tf.sum(tensor), 0)));
      return tf.add(tf.sum(tf.mul(y, tf.tensor(data, y.shape))), nothing);
    },
  };
}

function outputOf(network: Network, tensors: Record<string, tf.Tensor>, { inputs }: OneOp): tf.Tensor {
  const keep = normalTensor(inputs[0] ?? [], 'dropout');
  const mask = tf.tensor(
    keep.data.map((value) => (value > 0 ? 2 : 0)),
    [...keep.shape],
  );
  const options = { training: true, dropoutMasks: { layer: mask } };
  const { values } = forwardValues(network, tensors, tensors, ['y'], options);
  const y = values.get('y');
  if (y === undefined) throw new Error('the layer has no output');
  return y.logical();
}
