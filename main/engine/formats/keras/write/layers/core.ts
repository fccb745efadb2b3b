import type { Node, TensorData } from '../../../../network/graph.ts';
import { axisAttr, numberAttr } from '../../../../network/node-reading.ts';
import { dropoutRate } from '../../../../network/ops/dropout.ts';
import { reorder } from '../../reorder.ts';
import type { LayerValue, LayerWeight } from '../layer.ts';
import type { LayerEmitter, LayerEmitters, LayersWriter } from '../writer.ts';
import { stored } from './convolution.ts';

/** For layers over our last axis, which is not Keras' last one for images: brought there, and back afterwards. */
function overLastAxis(
  writer: LayersWriter,
  node: Node,
  make: (input: LayerValue, part: string | undefined) => LayerValue,
): LayerValue {
  const [source = ''] = node.inputs;
  const { length: rank } = writer.shape(source);
  if (rank !== 4) return make(writer.value(source), undefined);
  return writer.theirs(make(writer.logical(source), 'rows'), rank);
}

const dense: LayerEmitter = (writer, node) => {
  const { weights, use_bias } = stored(writer, node, 'kernel', (values) => reorder(values, [1, 0]));
  const units = weights[0]?.tensor.shape[1];
  return overLastAxis(writer, node, (input, part) =>
    writer.layer('Dense', { units, activation: 'linear', use_bias }, [input], weights, part),
  );
};

/** Gamma and beta, and whether there are such. One of ours that is no trained number and does nothing is left out. */
function affine(
  writer: LayersWriter,
  node: Node,
): { weights: LayerWeight[]; scale: boolean; center: boolean } {
  const part = (role: string, nothing: number) => {
    const found = writer.optional(node, role);
    const idle = ({ data }: TensorData) =>
      writer.roleOf(node, role) === 'constant' && data.every((value) => value === nothing);
    return found === undefined || idle(found.tensor) ? undefined : found;
  };
  const gamma = part('scale', 1);
  const beta = part('shift', 0);
  return {
    weights: [
      ...(gamma === undefined ? [] : [{ name: 'gamma', ...gamma }]),
      ...(beta === undefined ? [] : [{ name: 'beta', ...beta }]),
    ],
    scale: gamma !== undefined,
    center: beta !== undefined,
  };
}

const batchNorm: LayerEmitter = (writer, node, inputs) => {
  const { weights, scale, center } = affine(writer, node);
  const statistics = [
    { name: 'moving_mean', ...writer.param(node, 'mean') },
    { name: 'moving_variance', ...writer.param(node, 'variance') },
  ];
  const epsilon = numberAttr(node, 'epsilon', 1e-5);
  // Keras counts the share of the old value.
  const momentum = 1 - numberAttr(node, 'momentum', 0.1);
  const config = { axis: -1, momentum, epsilon, center, scale };
  return writer.layer('BatchNormalization', config, inputs, [...weights, ...statistics]);
};

const layerNorm: LayerEmitter = (writer, node) => {
  const { length: rank } = writer.shape(node.inputs[0] ?? '');
  if (axisAttr(node, 'axis', rank, -1) !== rank - 1) {
    throw writer.refuse(node, 'normalises over more than the last axis, for which there is no layer');
  }
  const { weights, scale, center } = affine(writer, node);
  const config = { axis: -1, epsilon: numberAttr(node, 'epsilon', 1e-5), center, scale };
  return overLastAxis(writer, node, (input, part) =>
    writer.layer('LayerNormalization', config, [input], weights, part),
  );
};

export const core: LayerEmitters = {
  Dense: dense,
  BatchNorm: batchNorm,
  LayerNorm: layerNorm,
  Dropout: (writer, node, inputs) => writer.layer('Dropout', { rate: dropoutRate(node) }, inputs),
};
