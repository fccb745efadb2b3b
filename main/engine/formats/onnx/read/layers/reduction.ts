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
    if (reducesNothing(importer, node)) {
      importer.add(node, { op: 'Identity', inputs: [importer.value(node)] });
      return;
    }
    const attrs = { axes: axesOf(importer, node), keepdims: intAttr(node, 'keepdims', 1) === 1 };
    importer.add(node, { op, inputs: [importer.value(node)], attrs });
  };
}

function reducesNothing(importer: Importer, node: ReadNode): boolean {
  const axes = node.inputs[1] ? importer.constant(node, 1)?.data : intsAttr(node, 'axes');
  return intAttr(node, 'noop_with_empty_axes', 0) === 1 && (axes === undefined || axes.length === 0);
}

/** A function, a reduction, and another function: some operators of ONNX are such chains. */
function chained(before: string | null, op: string, after: string | null): LayerReader {
  return (importer, node) => {
    const attrs = { axes: axesOf(importer, node), keepdims: intAttr(node, 'keepdims', 1) === 1 };
    const helper = (what: string) => importer.helperName(node, what);
    const input = importer.value(node);
    const inner =
      before === null
        ? input
        : importer.add(node, {
            op: before,
            inputs: before === 'Mul' ? [input, input] : [input],
            output: helper('each'),
          });
    const output = after === null ? undefined : helper('reduced');
    const reduced = importer.add(node, { op, inputs: [inner], attrs, output });
    if (after !== null) importer.add(node, { op: after, inputs: [reduced] });
  };
}

export const reduction: LayerReaders = {
  ReduceSum: reduce('ReduceSum'),
  ReduceMax: reduce('ReduceMax'),
  ReduceMin: chained('Neg', 'ReduceMax', 'Neg'),
  ReduceL1: chained('Abs', 'ReduceSum', null),
  ReduceL2: chained('Mul', 'ReduceSum', 'Sqrt'),
  ReduceSumSquare: chained('Mul', 'ReduceSum', null),
  ReduceLogSum: chained(null, 'ReduceSum', 'Log'),

  /** Over height and width, this is the pooling that it is meant as. */
  ReduceMean(importer, node) {
    const rank = importer.value(node).shape.length;
    if (rank === 4 && axesOf(importer, node).join() === '2,3') {
      globalAverage(importer, node, intAttr(node, 'keepdims', 1) === 1);
    } else reduce('ReduceMean')(importer, node);
  },
};
