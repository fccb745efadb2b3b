import type { AttrValue } from '../../../network/graph.ts';
import { sizeOf } from '../../../network/graph.ts';
import type { Value } from '../../keras/importer.ts';
import { reordered, withShape } from '../../keras/reorder.ts';
import { samePadding } from '../../keras/same-padding.ts';
import { arithmetic, storedBeside } from './arithmetic.ts';
import type { GraphReader } from './reader.ts';
import type { GraphImporter } from './importer.ts';
import { lrn, resize } from './images.ts';
import type { GraphNode } from './nodes.ts';
import { batchMatMul, convTranspose } from './products.ts';
import { shapes } from './shapes.ts';

const same =
  (op: string, attrs: (node: GraphNode) => Record<string, AttrValue> = () => ({})): GraphReader =>
  (importer, node) =>
    void importer.add(node, op, [importer.value(node)], attrs(node));

/** Strides or window sizes of [batch, height, width, channels]. */
function spatial(importer: GraphImporter, node: GraphNode, name: string): [number, number] {
  const [batch = 1, height = 1, width = 1, channels = 1] = node.attrs[name]?.list?.i ?? [];
  if (batch !== 1 || channels !== 1)
    throw importer.fail(node, `has '${name}' over the batch or the channels`);
  return [height, width];
}

function windowOf(importer: GraphImporter, node: GraphNode, kernel: readonly number[], image: Value) {
  const strides = spatial(importer, node, 'strides');
  const dilations = spatial(importer, node, 'dilations');
  const padding = node.attrs['padding']?.s ?? 'VALID';
  const explicit = node.attrs['explicit_paddings']?.list?.i ?? [];
  const pairs = kernel.map((length, axis): [number, number] => {
    if (padding === 'EXPLICIT') return [explicit[2 * axis + 2] ?? 0, explicit[2 * axis + 3] ?? 0];
    if (padding !== 'SAME') return [0, 0];
    return samePadding(image.shape[axis + 2] ?? 1, length, strides[axis] ?? 1, dilations[axis] ?? 1);
  });
  const [[top, bottom] = [0, 0], [left, right] = [0, 0]] = pairs;
  return { strides, dilations, pads: [top, left, bottom, right] };
}

/** Activations by the names that fused operations give them. */
const fusedOps: Readonly<Record<string, readonly [op: string, attrs?: Readonly<Record<string, AttrValue>>]>> =
  {
    Relu: ['Relu'],
    Relu6: ['Clip', { min: 0, max: 6 }],
    Elu: ['Elu'],
    Sigmoid: ['Sigmoid'],
    Tanh: ['Tanh'],
  };

/** A product with what is fused to it: a bias, then a function. */
function withFused(
  importer: GraphImporter,
  node: GraphNode,
  units: number,
  build: (params: Record<string, string>, part: string | undefined) => Value,
): void {
  const fused = [...(node.attrs['fused_ops']?.list?.s ?? [])];
  const params: Record<string, string> = {};
  if (fused[0] === 'BiasAdd') {
    fused.shift();
    params['bias'] = importer.param(node, 2, 'bias', importer.stored(node, 2, [units]));
  }
  const [name, ...more] = fused;
  const known = name === undefined ? undefined : fusedWith(importer, node, name, Object.keys(params).length);
  if (more.length > 0 || (name !== undefined && known === undefined)) {
    throw importer.fail(node, `is fused with ${fused.join(', ')}, which is not supported`);
  }
  const product = build(params, known === undefined ? undefined : 'product');
  known?.(product);
}

/** What adds a function that is fused to a product; undefined when there is none of that name. */
function fusedWith(
  importer: GraphImporter,
  node: GraphNode,
  name: string,
  biases: number,
): ((product: Value) => Value) | undefined {
  if (name === 'Prelu') {
    // Its slopes are the last input, behind the bias.
    return (product) => {
      const place = 2 + biases;
      const slope = storedBeside(importer, node, place, product.shape.length);
      return importer.add(
        node,
        'PRelu',
        [product],
        {},
        { slope: importer.param(node, place, 'scale', slope) },
      );
    };
  }
  if (name === 'LeakyRelu') {
    const alpha = node.attrs['leakyrelu_alpha']?.f ?? 0.2;
    return (product) => importer.add(node, 'LeakyRelu', [product], { alpha });
  }
  const known = fusedOps[name];
  return known && ((product) => importer.add(node, known[0], [product], known[1]));
}

function conv(importer: GraphImporter, node: GraphNode): void {
  const image = importer.image(node);
  const stored = importer.stored(node, 1, [null, null, null, null]);
  const [height = 1, width = 1, ins = 1] = stored.shape;
  const weight = reordered(stored, [3, 2, 0, 1]);
  const group = (image.shape[1] ?? 1) / ins;
  const attrs = { ...windowOf(importer, node, [height, width], image), group };
  withFused(importer, node, weight.shape[0] ?? 0, (params, part) => {
    const all = { weight: importer.param(node, 1, 'weight', weight), ...params };
    return importer.add(node, 'Conv2D', [image], attrs, all, part);
  });
}

function depthwise(importer: GraphImporter, node: GraphNode): void {
  const image = importer.image(node);
  const channels = image.shape[1] ?? 1;
  const stored = importer.stored(node, 1, [null, null, channels, null]);
  const [height = 1, width = 1, , multiplier = 1] = stored.shape;
  const units = channels * multiplier;
  const weight = withShape(reordered(stored, [2, 3, 0, 1]), [units, 1, height, width]);
  const attrs = { ...windowOf(importer, node, [height, width], image), group: channels };
  withFused(importer, node, units, (params, part) => {
    const all = { weight: importer.param(node, 1, 'weight', weight), ...params };
    return importer.add(node, 'Conv2D', [image], attrs, all, part);
  });
}

function matMul(importer: GraphImporter, node: GraphNode): void {
  const input = importer.value(node);
  if (node.attrs['transpose_a']?.b === true) throw importer.fail(node, 'transposes its input');
  const stored = importer.stored(node, 1, [null, null]);
  const weight = node.attrs['transpose_b']?.b === true ? stored : reordered(stored, [1, 0]);
  withFused(importer, node, weight.shape[0] ?? 0, (params, part) => {
    const all = { weight: importer.param(node, 1, 'weight', weight), ...params };
    return importer.add(node, 'Dense', [input], {}, all, part);
  });
}

function pool(op: string): GraphReader {
  return (importer, node) => {
    const image = importer.image(node);
    const kernel = spatial(importer, node, 'ksize');
    importer.add(node, op, [image], { kernel, ...windowOf(importer, node, kernel, image) });
  };
}

function batchNorm(importer: GraphImporter, node: GraphNode): void {
  const image = importer.image(node);
  if (node.attrs['is_training']?.b === true) throw importer.fail(node, 'normalises by its own batch');
  const roles = ['scale', 'shift', 'mean', 'variance'] as const;
  const params = roles.map((role, i) => [
    role,
    importer.param(node, i + 1, role, importer.stored(node, i + 1, [image.shape[1] ?? 1])),
  ]);
  // Graphs made for use only say 1, which is no share that anybody trains with.
  const share = node.attrs['exponential_avg_factor']?.f ?? 1;
  const attrs = { epsilon: node.attrs['epsilon']?.f ?? 1e-4, ...(share < 1 && { momentum: share }) };
  importer.add(node, 'BatchNorm', [image], attrs, Object.fromEntries(params) as Record<string, string>);
}

function reduce(op: string): GraphReader {
  return (importer, node) => {
    const value = importer.value(node);
    const axes = importer
      .list(node, 1)
      .map((axis) => importer.axis(node, value, axis))
      .sort((a, b) => a - b);
    const keepdims = node.attrs['keep_dims']?.b === true;
    if (value.shape.length === 4 && !keepdims && axes.length === 1 && sizeOf(value.shape.slice(2)) > 1) {
      throw importer.fail(node, 'takes one axis out of an image, which is not supported');
    }
    if (op === 'ReduceMean' && axes.join() === '2,3' && value.shape.length === 4) {
      if (keepdims) importer.add(node, 'GlobalAvgPool', [value]);
      else importer.add(node, 'Flatten', [importer.add(node, 'GlobalAvgPool', [value], {}, {}, 'pool')]);
    } else importer.add(node, op, [value], { axes, keepdims });
  };
}

function prelu(importer: GraphImporter, node: GraphNode): void {
  const value = importer.value(node);
  const slope = storedBeside(importer, node, 1, value.shape.length);
  importer.add(node, 'PRelu', [value], {}, { slope: importer.param(node, 1, 'scale', slope) });
}

function alongLast(op: string): GraphReader {
  return (importer, node) => {
    const value = importer.value(node);
    importer.add(node, op, [value], { axis: importer.axis(node, value, -1) });
  };
}

/** A reader for every operation that can work on the network's values. */
export const graphReaders: ReadonlyMap<string, GraphReader> = new Map(
  Object.entries<GraphReader>({
    Conv2D: conv,
    _FusedConv2D: conv,
    DepthwiseConv2dNative: depthwise,
    FusedDepthwiseConv2dNative: depthwise,
    MatMul: matMul,
    _FusedMatMul: matMul,
    Relu: same('Relu'),
    Relu6: same('Clip', () => ({ min: 0, max: 6 })),
    Elu: same('Elu'),
    Selu: same('Selu'),
    Sigmoid: same('Sigmoid'),
    Tanh: same('Tanh'),
    Softplus: same('Softplus'),
    Softsign: same('Softsign'),
    Exp: same('Exp'),
    Log: same('Log'),
    Sqrt: same('Sqrt'),
    Abs: same('Abs'),
    Neg: same('Neg'),
    Reciprocal: same('Reciprocal'),
    Erf: same('Erf'),
    LeakyRelu: same('LeakyRelu', (node) => ({ alpha: node.attrs['alpha']?.f ?? 0.2 })),
    Prelu: prelu,
    Softmax: alongLast('Softmax'),
    LogSoftmax: alongLast('LogSoftmax'),
    ClipByValue: (importer, node) => {
      const [min = 0] = importer.list(node, 1);
      const [max = 0] = importer.list(node, 2);
      importer.add(node, 'Clip', [importer.value(node)], { min, max });
    },
    BatchMatMul: batchMatMul,
    BatchMatMulV2: batchMatMul,
    Conv2DBackpropInput: convTranspose,
    ResizeNearestNeighbor: resize('nearest'),
    ResizeBilinear: resize('linear'),
    LRN: lrn,
    MaxPool: pool('MaxPool'),
    AvgPool: pool('AvgPool'),
    FusedBatchNorm: batchNorm,
    FusedBatchNormV2: batchNorm,
    FusedBatchNormV3: batchNorm,
    Mean: reduce('ReduceMean'),
    Max: reduce('ReduceMax'),
    Sum: reduce('ReduceSum'),
    ...arithmetic,
    ...shapes,
  }),
);
