import { axisOf, flagAttr, integersAttr } from '../../../../network/node-reading.ts';
import type { Node } from '../../../../network/graph.ts';
import type { LayerValue } from '../layer.ts';
import type { LayerEmitter, LayerEmitters, LayersWriter } from '../writer.ts';
import { kerasWindow } from './windows.ts';

const format = { data_format: 'channels_last' };

function maxPool(writer: LayersWriter, node: Node, [image]: readonly LayerValue[]): LayerValue {
  const [source = ''] = node.inputs;
  const refuseZeros = writer.isNonNegative(source)
    ? undefined
    : `pads otherwise than ${writer.dialect.label} does, and zeros could win over what it reads`;
  const kernel = integersAttr(node, 'kernel');
  const { window, padding, input } = kerasWindow(writer, node, image as LayerValue, kernel, { refuseZeros });
  const config = { pool_size: window.kernel, strides: window.strides, padding, ...format };
  return writer.layer('MaxPooling2D', config, [input]);
}

function avgPool(writer: LayersWriter, node: Node, [image]: readonly LayerValue[]): LayerValue {
  const counts = flagAttr(node, 'countIncludePad', false);
  const { window, padding, input } = kerasWindow(
    writer,
    node,
    image as LayerValue,
    integersAttr(node, 'kernel'),
    {
      refuseSame: counts,
      refuseZeros: counts ? undefined : `pads otherwise than ${writer.dialect.label} does`,
    },
  );
  const config = { pool_size: window.kernel, strides: window.strides, padding, ...format };
  return writer.layer('AveragePooling2D', config, [input]);
}

/** One window over the whole image: height and width stay as axes of size one. */
function whole(
  writer: LayersWriter,
  node: Node,
  className: string,
  inputs: readonly LayerValue[],
): LayerValue {
  const size = writer.shape(node.inputs[0] ?? '').slice(2);
  return writer.layer(className, { pool_size: size, strides: size, padding: 'valid', ...format }, inputs);
}

/** Where nothing but a Flatten follows, both are one layer, as people write it. */
function globalAvgPool(writer: LayersWriter, node: Node, inputs: readonly LayerValue[]): LayerValue {
  const readers = writer.readers(node.outputs[0] ?? '');
  return readers.length === 1 && readers[0]?.op === 'Flatten'
    ? writer.layer('GlobalAveragePooling2D', format, inputs)
    : whole(writer, node, 'AveragePooling2D', inputs);
}

function reduction(kind: 'Average' | 'Max'): LayerEmitter {
  return (writer, node, inputs) => {
    const { length: rank } = writer.shape(node.inputs[0] ?? '');
    const axes = integersAttr(node, 'axes')
      .map((axis) => axisOf(node, axis, rank))
      .sort((a, b) => a - b);
    const keeps = flagAttr(node, 'keepdims', true);
    if (rank === 4 && axes.join() === '2,3') {
      return keeps
        ? whole(writer, node, `${kind}Pooling2D`, inputs)
        : writer.layer(`Global${kind}Pooling2D`, format, inputs);
    }
    if (rank === 3 && axes.join() === '1' && !keeps) {
      return writer.layer(`Global${kind}Pooling1D`, format, inputs);
    }
    throw writer.refuse(node, `reduces axes ${axes.join(', ')}, for which there is no layer`);
  };
}

export const pooling: LayerEmitters = {
  MaxPool: maxPool,
  AvgPool: avgPool,
  GlobalAvgPool: globalAvgPool,
  ReduceMean: reduction('Average'),
  ReduceMax: reduction('Max'),
};
