import * as tf from '@tensorflow/tfjs-core';
import { type Graph, sameShape, type Value } from '../graph.ts';
import {
  arranged,
  elementwise,
  HWIO_OVER_OIHW,
  permuted,
  reshapeValue,
  transposeValue,
  type View,
} from '../layout.ts';
import { defineKernels, type KernelCall } from '../record.ts';
import {
  blockedConv,
  blockedDepthwise,
  blockedDepthwiseInputGradient,
  blockedFilterGradient,
  canBlock,
  geometryOf,
} from './blocked.ts';
import { columns } from './columns.ts';
import { activate } from './fused.ts';
import { type ConvInfo, inShapeNchw, outShapeNchw, overNchw, unreached, windowAttrs } from './window.ts';

/** Convolutions and their gradients. Inside the graph images are NCHW and filters OIHW. */

export interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number | null;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Geometry of a convolution from NHWC or NCHW input to a filter [height, width, in, out]. */
export function convInfo(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode }: ConvAttrs,
  depthwise = false,
): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    [...x] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
}

function convolve(g: Graph, x: Value, filter: Value, info: ConvInfo): Value {
  const shape = outShapeNchw(info);
  if (canBlock(g, info.inChannels, info.outChannels))
    return blockedConv(g, x, filter, shape, geometryOf(info));
  return g.op('Conv', [x, filter], { shape, type: 'float32' }, { attrs: { ...windowAttrs(info), group: 1 } });
}

function conv2d({ g, inputs: { x, filter }, attrs }: KernelCall): View | undefined {
  if (x?.value.type !== 'float32' || filter?.value.type !== 'float32') return undefined;
  const info = convInfo(x.shape, filter.shape, attrs as unknown as ConvAttrs);
  if (outShapeNchw(info).includes(0)) return undefined;
  const order = overNchw(attrs['dataFormat']);
  return permuted(convolve(g, arranged(g, x, order), arranged(g, filter, HWIO_OVER_OIHW), info), order);
}

/** Bias and activation after a convolution. */
export function finished(call: KernelCall, y: View | undefined): View | undefined {
  if (y === undefined) return undefined;
  const { g, inputs: { bias }, attrs } = call; // prettier-ignore
  // In channels-first format tfjs broadcasts a bias in ways of its own.
  if (attrs['dataFormat'] === 'NCHW' && (bias !== undefined || attrs['activation'] === 'prelu'))
    return undefined;
  return activate(call, bias === undefined ? y : elementwise(g, 'Add', [y, bias], 'float32'));
}

const MAX_GROWTH = 1.5;

/**
 * The gradient of a convolution by its input: at stride 1 a convolution with the turned filter, else a transposed one.
 * @param filter OIHW
 */
export function inputGradient(
  g: Graph,
  dy: Value,
  filter: Value,
  info: ConvInfo,
  group: number,
): Value | undefined {
  const [height, width] = unreached(info);
  const shape = inShapeNchw(info);
  const { padInfo: pad, strideHeight, strideWidth } = info;
  if (height < 0 || width < 0) return undefined;
  const single = group === 1 || filter.shape[0] === info.inChannels;
  const depthwise = group > 1;
  if (single && strideHeight === 1 && strideWidth === 1) {
    // A depthwise filter has nothing to swap.
    const turned = turn(g, depthwise ? filter : transposeValue(g, filter, [1, 0, 2, 3]));
    const pads = [
      info.effectiveFilterHeight - 1 - pad.top,
      info.effectiveFilterWidth - 1 - pad.left,
      info.effectiveFilterHeight - 1 - pad.bottom + height,
      info.effectiveFilterWidth - 1 - pad.right + width,
    ];
    if (pads.some((size) => size < 0)) return undefined;
    const geometry = { ...geometryOf(info), pads };
    if (canBlock(g, info.outChannels, info.inChannels)) {
      return (depthwise ? blockedDepthwise : blockedConv)(g, dy, turned, shape, geometry);
    }
    // Where padding makes a convolution much larger than the gradient that it is, a transposed one does less.
    const growth = (info.inHeight * info.inWidth) / (info.outHeight * info.outWidth);
    if (depthwise || growth < MAX_GROWTH) {
      const attrs = { ...geometry, kernel_shape: filter.shape.slice(2), group };
      return g.op('Conv', [dy, turned], { shape, type: 'float32' }, { attrs });
    }
  }
  const dilated = info.dilationHeight > 1 || info.dilationWidth > 1;
  if (single && depthwise && !dilated && canBlock(g, info.outChannels, info.inChannels)) {
    const dx = blockedDepthwiseInputGradient(g, dy, turn(g, filter), shape, info);
    if (dx !== undefined) return dx;
  }
  if (height >= strideHeight || width >= strideWidth) return undefined;
  const attrs = { ...windowAttrs(info), output_padding: [height, width], group };
  return g.op('ConvTranspose', [dy, filter], { shape, type: 'float32' }, { attrs });
}

/** The filter turned by 180 degrees. */
function turn(g: Graph, filter: Value): Value {
  if (filter.shape[2] === 1 && filter.shape[3] === 1) return filter;
  const steps = g.integers([-1, -1]);
  const ends = g.integers([-(2 ** 31), -(2 ** 31)]);
  return g.op('Slice', [filter, steps, ends, g.integers([2, 3]), steps], filter);
}

/** Rows of columns up to which they are quicker than the blocked form, whose vectors such an image fills badly. */
const FEW_ROWS = 32;

/** The gradient by a filter, [in, out, height, width]. */
function filterGradient(g: Graph, x: Value, dy: Value, info: ConvInfo): Value {
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const taps = filterHeight * filterWidth;
  if (taps === 1) return reshapeValue(g, pointwiseGradient(g, x, dy, info), [inChannels, outChannels, 1, 1]);
  const dilated = info.dilationHeight > 1 || info.dilationWidth > 1;
  if (g.block !== undefined && !dilated && inChannels * taps > FEW_ROWS) {
    return blockedFilterGradient(g, x, dy, info, g.block);
  }
  const dw = productsBySample(g, columns(g, x, info), dy);
  const split = reshapeValue(g, dw, [inChannels, filterHeight, filterWidth, outChannels]);
  return transposeValue(g, split, [0, 3, 1, 2]);
}

/** For each sample a [rows, positions] x dy [out, positions] transposed, summed over the samples: [rows, out]. */
function productsBySample(g: Graph, a: Value, dy: Value): Value {
  const [batch = 1, rows = 1, positions = 1] = a.shape;
  const [, outs = 1] = dy.shape;
  const right = reshapeValue(g, dy, [batch, outs, positions]);
  const each = { shape: [batch, rows, outs], type: 'float32' } as const;
  // Of the providers only the CPU's has a product that reads its second factor transposed.
  const products =
    g.provider === 'cpu'
      ? g.op('FusedMatMul', [a, right], each, { domain: 'com.microsoft', attrs: { transA: 0, transB: 1 } })
      : g.op('MatMul', [a, transposeValue(g, right, [0, 2, 1])], each);
  const sum = [products, g.integers([0])];
  return g.op('ReduceSum', sum, { shape: [rows, outs], type: 'float32' }, { attrs: { keepdims: 0 } });
}

/**
 * For a kernel of 1 x 1: a product a sample; where that would store more than it saves in rearranging, one product over all
 * samples and positions.
 */
function pointwiseGradient(g: Graph, x: Value, dy: Value, info: ConvInfo): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const positions = outHeight * outWidth;
  const image = reached(g, x, info);
  if (2 * inChannels * outChannels <= (inChannels + outChannels) * positions) {
    return productsBySample(g, reshapeValue(g, image, [batchSize, inChannels, positions]), dy);
  }
  const flat = (value: Value, channels: number): Value =>
    reshapeValue(g, transposeValue(g, value, [1, 0, 2, 3]), [channels, batchSize * positions]);
  return g.op(
    'Gemm',
    [flat(image, inChannels), flat(dy, outChannels)],
    { shape: [inChannels, outChannels], type: 'float32' },
    { attrs: { transA: 0, transB: 1 } },
  );
}

/** The pixels that a kernel of 1 x 1 reads, one for each output. */
function reached(g: Graph, x: Value, info: ConvInfo): Value {
  const { padInfo: pad, strideHeight, strideWidth, outHeight, outWidth, batchSize, inChannels } = info;
  const shape = [batchSize, inChannels, outHeight, outWidth];
  if (pad.top === 0 && pad.left === 0 && sameShape(x.shape, shape)) return x;
  const after = [
    (outHeight - 1) * strideHeight + 1 - info.inHeight - pad.top,
    (outWidth - 1) * strideWidth + 1 - info.inWidth - pad.left,
  ];
  const amounts = g.integers([0, 0, pad.top, pad.left, 0, 0, ...after]);
  const fit = [batchSize, inChannels, (outHeight - 1) * strideHeight + 1, (outWidth - 1) * strideWidth + 1];
  const padded = g.op('Pad', [x, amounts], { shape: fit, type: x.type });
  if (strideHeight === 1 && strideWidth === 1) return padded;
  const steps = g.integers([strideHeight, strideWidth]);
  const ends = g.integers([fit[2] ?? 1, fit[3] ?? 1]);
  return g.op('Slice', [padded, g.integers([0, 0]), ends, g.integers([2, 3]), steps], {
    shape,
    type: x.type,
  });
}

function conv2dInputGradient({ g, inputs: { dy, filter }, attrs }: KernelCall): View | undefined {
  if (dy === undefined || filter === undefined) return undefined;
  const info = convInfo(attrs['inputShape'] as number[], filter.shape, attrs as unknown as ConvAttrs);
  const order = overNchw(attrs['dataFormat']);
  // tfjs's own kernel reads whatever there is where the shapes contradict each other.
  if (!sameShape(dy.shape, info.outShape)) return undefined;
  const dx = inputGradient(g, arranged(g, dy, order), arranged(g, filter, HWIO_OVER_OIHW), info, 1);
  return dx && permuted(dx, order);
}

function conv2dFilterGradient({ g, inputs: { x, dy }, attrs }: KernelCall): View | undefined {
  if (x === undefined || dy === undefined) return undefined;
  const info = convInfo(x.shape, attrs['filterShape'] as number[], attrs as unknown as ConvAttrs);
  const order = overNchw(attrs['dataFormat']);
  return permuted(filterGradient(g, arranged(g, x, order), arranged(g, dy, order), info), [2, 3, 0, 1]);
}

defineKernels({
  Conv2D: conv2d,
  Conv2DBackpropInput: conv2dInputGradient,
  Conv2DBackpropFilter: conv2dFilterGradient,
  FusedConv2D: (call) => finished(call, conv2d(call)),
});
