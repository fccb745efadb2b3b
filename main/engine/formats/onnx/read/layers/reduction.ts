import { intAttr, intsAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import { globalAverage } from './pooling.ts';
import type { LayerReader, LayerReaders } from './reader.ts';

/** Axes from the second input (newer opsets) or the attribute (older ones); all but the batch stay out when none are given. */
function axesOf(importer: Importer, node: ReadNode): number[] {
  const rank = importer.value(node).shape.length;
  const stored = node.inputs[1] ? importer.constant(node, 1) : undefined;
  if (node.inputs[1] && stored === undefined) throw importer.fail(node, 'computes its axes from the data');
  const axes = stored === undefined ? intsAttr(node, 'axes') : [...stored.data];
  const counted = axes?.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (counted === undefined || counted.length === 0 || counted.includes(0)) {
    throw importer.fail(node, 'works over the batch, which is not supported');
  }
  return counted;
}

function reduce(op: string): LayerReader {
  return (importer, node) => {
    const attrs = { axes: axesOf(importer, node), keepdims: intAttr(node, 'keepdims', 1) === 1 };
    importer.add(node, { op, inputs: [importer.value(node)], attrs });
  };
}

export const reduction: LayerReaders = {
  ReduceSum: reduce('ReduceSum'),
  ReduceMax: reduce('ReduceMax'),

  /** Over height and width, this is the pooling that it is meant as. */
  ReduceMean(importer, node) {
    const rank = importer.value(node).shape.length;
    if (rank === 4 && axesOf(importer, node).join() === '2,3') {
      globalAverage(importer, node, intAttr(node, 'keepdims', 1) === 1);
    } else reduce('ReduceMean')(importer, node);
  },
};
