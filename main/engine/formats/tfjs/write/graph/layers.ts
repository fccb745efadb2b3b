import type { Node } from '../../../../network/graph.ts';
import {
  axisAttr,
  axisOf,
  countAttr,
  flagAttr,
  integersAttr,
  numberAttr,
} from '../../../../network/node-reading.ts';
import { THEIRS } from '../../../keras/order.ts';
import { reorder } from '../../../keras/reorder.ts';
import { flag, float, int32, integer, number, text } from './attributes.ts';
import type { GraphEmitter, GraphEmitters, GraphWriter } from './writer.ts';
import { batchShape } from './windows.ts';

const source = (node: Node) => node.inputs[0] ?? '';
const product = { T: float, adj_x: flag(false), adj_y: flag(false) };

function dense(writer: GraphWriter, node: Node): void {
  const kernel = writer.param(node, 'weight', (weight) => reorder(weight, [1, 0]));
  const input = writer.get(source(node), 'first');
  const matrix = writer.shape(source(node)).length === 2;
  const biased = writer.has(node, 'bias');
  const made = writer.add(
    matrix ? 'MatMul' : 'BatchMatMulV2',
    [input, kernel],
    matrix ? { T: float, transpose_a: flag(false), transpose_b: flag(false) } : product,
    biased ? 'product' : '',
  );
  if (!biased) writer.set(node.outputs[0] ?? '', 'first', made);
  else writer.make(node, 'first', 'AddV2', [made, writer.param(node, 'bias')]);
}

const roles = ['scale', 'shift', 'mean', 'variance'];

/** TensorFlow normalises images; features are images of one pixel. */
function batchNorm(writer: GraphWriter, node: Node): void {
  const attr = {
    ...{ T: float, U: float, data_format: text('NHWC'), is_training: flag(false) },
    epsilon: number(numberAttr(node, 'epsilon', 1e-5)),
    exponential_avg_factor: number(numberAttr(node, 'momentum', 0.1)),
  };
  const params = roles.map((role) => writer.param(node, role));
  const [, channels = 1, ...image] = writer.shape(source(node));
  if (image.length > 0) {
    writer.make(node, 'last', 'FusedBatchNormV3', [writer.get(source(node), 'last'), ...params], attr);
    return;
  }
  const pixel = reshaped(writer, writer.get(source(node), 'first'), [1, 1, channels], 'pixel');
  const made = writer.add('FusedBatchNormV3', [pixel, ...params], attr);
  writer.set(node.outputs[0] ?? '', 'first', reshaped(writer, made, [channels], ''));
}

function reshaped(writer: GraphWriter, tensor: string, sample: readonly number[], part?: string): string {
  return writer.add('Reshape', [tensor, writer.ints([-1, ...sample])], { T: float, Tshape: int32 }, part);
}

const reduced = (
  writer: GraphWriter,
  op: string,
  tensor: string,
  axes: readonly number[],
  keeps: boolean,
  part?: string,
) => writer.add(op, [tensor, writer.ints(axes)], { T: float, Tidx: int32, keep_dims: flag(keeps) }, part);

function layerNorm(writer: GraphWriter, node: Node): void {
  const x = writer.get(source(node), 'first');
  const { length: rank } = writer.shape(source(node));
  const from = axisAttr(node, 'axis', rank, -1);
  const axes = Array.from({ length: rank - from }, (_, i) => from + i);
  const centred = writer.add('Sub', [x, reduced(writer, 'Mean', x, axes, true)]);
  const variance = reduced(writer, 'Mean', writer.add('Mul', [centred, centred]), axes, true);
  const epsilon = writer.scalar(numberAttr(node, 'epsilon', 1e-5));
  const deviation = writer.add('Sqrt', [writer.add('AddV2', [variance, epsilon])]);
  const normal = writer.add('RealDiv', [centred, deviation]);
  const shift = writer.has(node, 'shift');
  const scaled = writer.add(
    'Mul',
    [normal, writer.param(node, 'scale')],
    { T: float },
    shift ? 'scaled' : '',
  );
  if (!shift) writer.set(node.outputs[0] ?? '', 'first', scaled);
  else writer.make(node, 'first', 'AddV2', [scaled, writer.param(node, 'shift')]);
}

function reduction(op: string): GraphEmitter {
  return (writer, node) => {
    const { length: rank } = writer.shape(source(node));
    const axes = integersAttr(node, 'axes')
      .map((axis) => axisOf(node, axis, rank))
      .sort((a, b) => a - b);
    const keeps = flagAttr(node, 'keepdims', true);
    const { form } = writer.any(source(node));
    // With channels last, what is left has another order of axes unless they all stay or only the channels do.
    const last = form === 'last' && (keeps || axes.join() === '2,3');
    const places = last ? axes.map((axis) => THEIRS[axis] ?? 0).sort((a, b) => a - b) : axes;
    const x = writer.get(source(node), last ? 'last' : 'first');
    writer.set(
      node.outputs[0] ?? '',
      last && keeps ? 'last' : 'first',
      reduced(writer, op, x, places, keeps, ''),
    );
  };
}

export const layers: GraphEmitters = {
  Dense: dense,
  BatchNorm: batchNorm,
  LayerNorm: layerNorm,
  ReduceMean: reduction('Mean'),
  ReduceMax: reduction('Max'),
  ReduceSum: reduction('Sum'),

  GlobalAvgPool(writer, node) {
    const image = writer.get(source(node), 'last');
    writer.set(node.outputs[0] ?? '', 'last', reduced(writer, 'Mean', image, [1, 2], true, ''));
  },

  MatMul: (writer, node) =>
    writer.make(
      node,
      'first',
      'BatchMatMulV2',
      node.inputs.map((name) => writer.get(name, 'first')),
      product,
    ),

  BatchConstant(writer, node) {
    const [, ...sample] = writer.shape(node.outputs[0] ?? '');
    const target = batchShape(writer, writer.any(source(node)).tensor, sample);
    const attr = { T: float, Tidx: int32 };
    writer.make(node, 'first', 'BroadcastTo', [writer.param(node, 'bias'), target], attr);
  },

  LRN(writer, node) {
    const size = countAttr(node, 'size');
    if (size % 2 === 0)
      throw writer.refuse(node, `looks at ${size} channels; TensorFlow has odd numbers only`);
    writer.make(node, 'last', 'LRN', [writer.get(source(node), 'last')], {
      T: float,
      depth_radius: integer((size - 1) / 2),
      bias: number(numberAttr(node, 'bias', 1)),
      alpha: number(numberAttr(node, 'alpha', 1e-4) / size),
      beta: number(numberAttr(node, 'beta', 0.75)),
    });
  },

  Resize(writer, node) {
    const [, , height = 1, width = 1] = writer.shape(source(node));
    const [rows = 1, columns = 1] = integersAttr(node, 'size');
    const linear = node.attrs['mode'] === 'linear';
    const place = node.attrs['coordinates'] ?? 'half_pixel';
    const rounding = node.attrs['rounding'] ?? 'round_prefer_floor';
    const whole = rows % height === 0 && columns % width === 0;
    const known = linear
      ? place === 'half_pixel' || place === 'align_corners' || place === 'asymmetric'
      : (place === 'asymmetric' && rounding === 'floor') ||
        (place === 'half_pixel' && rounding === 'round_prefer_floor' && whole);
    if (!known) throw writer.refuse(node, 'resizes in a way that TensorFlow does not know');
    const input = [writer.get(source(node), 'last'), writer.ints([rows, columns])];
    writer.make(node, 'last', linear ? 'ResizeBilinear' : 'ResizeNearestNeighbor', input, {
      T: float,
      align_corners: flag(linear && place === 'align_corners'),
      half_pixel_centers: flag(linear && place === 'half_pixel'),
    });
  },
};
