import * as tf from '@tensorflow/tfjs-core';
import { type Attributes, type Graph, sameShape, Value } from '../graph.ts';
import {
  arranged,
  elementwise,
  HWIO_OVER_OIHW,
  NHWC_OVER_NCHW,
  permuted,
  reshapeValue,
  transposeValue,
  type View,
} from '../layout.ts';
import { defineKernels, type KernelCall } from '../record.ts';
import { activate } from './fused.ts';

/** Convolutions and their gradients. Inside the graph images are NCHW and filters OIHW. */

export type ConvInfo = tf.backend_util.Conv2DInfo;

interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number | null;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Geometry of a convolution from NHWC or NCHW input to a filter [height, width, in, out]. */
function convInfo(
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

/** The geometry as ONNX's Conv and pooling attributes. */
export function windowAttrs(info: ConvInfo): Attributes {
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [info.padInfo.top, info.padInfo.left, info.padInfo.bottom, info.padInfo.right],
  };
}

const IDENTITY = [0, 1, 2, 3];

/** How a tensor of the kernel's data format lies over an NCHW value. */
export function overNchw(format: unknown): readonly number[] {
  return format === 'NCHW' || format === 'channelsFirst' ? IDENTITY : NHWC_OVER_NCHW;
}

const outShapeNchw = (info: ConvInfo): number[] => [
  info.batchSize,
  info.outChannels,
  info.outHeight,
  info.outWidth,
];
const inShapeNchw = (info: ConvInfo): number[] => [
  info.batchSize,
  info.inChannels,
  info.inHeight,
  info.inWidth,
];

function conv2d({ g, inputs: { x, filter }, attrs }: KernelCall): View | undefined {
  if (x?.value.type !== 'float32' || filter?.value.type !== 'float32') return undefined;
  const info = convInfo(x.shape, filter.shape, attrs as unknown as ConvAttrs);
  if (outShapeNchw(info).includes(0)) return undefined;
  const order = overNchw(attrs['dataFormat']);
  const y = g.op(
    'Conv',
    [arranged(g, x, order), arranged(g, filter, HWIO_OVER_OIHW)],
    { shape: outShapeNchw(info), type: 'float32' },
    { attrs: { ...windowAttrs(info), group: 1 } },
  );
  return permuted(y, order);
}

/** A depthwise filter [height, width, in, multiplier] as ONNX's [in * multiplier, 1, height, width]. */
function depthwiseFilter(g: Graph, filter: View): Value {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  return reshapeValue(g, arranged(g, filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function depthwiseInfo(
  x: readonly number[],
  filter: readonly number[],
  attrs: KernelCall['attrs'],
): ConvInfo {
  return convInfo(x, filter, attrs as unknown as ConvAttrs, true);
}

function depthwise({ g, inputs: { x, filter }, attrs }: KernelCall): View | undefined {
  if (x?.value.type !== 'float32' || filter?.value.type !== 'float32') return undefined;
  const info = depthwiseInfo(x.shape, filter.shape, attrs);
  if (outShapeNchw(info).includes(0)) return undefined;
  const y = g.op(
    'Conv',
    [arranged(g, x, NHWC_OVER_NCHW), depthwiseFilter(g, filter)],
    { shape: outShapeNchw(info), type: 'float32' },
    { attrs: { ...windowAttrs(info), group: info.inChannels } },
  );
  return permuted(y, NHWC_OVER_NCHW);
}

/** Bias and activation after a convolution. */
function finished(call: KernelCall, y: View | undefined): View | undefined {
  if (y === undefined) return undefined;
  const { g, inputs: { bias }, attrs } = call; // prettier-ignore
  // In channels-first format tfjs broadcasts a bias in ways of its own.
  if (attrs['dataFormat'] === 'NCHW' && (bias !== undefined || attrs['activation'] === 'prelu'))
    return undefined;
  return activate(call, bias === undefined ? y : elementwise(g, 'Add', [y, bias], 'float32'));
}

/** Rows and columns of the input that no window reaches, because the stride does not divide. */
function unreached(info: ConvInfo): [number, number] {
  const reach = (out: number, stride: number, kernel: number, before: number, after: number) =>
    (out - 1) * stride + kernel - before - after;
  const { padInfo: pad } = info;
  return [
    info.inHeight - reach(info.outHeight, info.strideHeight, info.effectiveFilterHeight, pad.top, pad.bottom),
    info.inWidth - reach(info.outWidth, info.strideWidth, info.effectiveFilterWidth, pad.left, pad.right),
  ];
}

/** The gradient of a convolution by its input: at stride 1 a convolution with the turned filter, else a transposed one. */
function inputGradient(g: Graph, dy: Value, filter: Value, info: ConvInfo, group: number): Value | undefined {
  const [height, width] = unreached(info);
  const output = { shape: inShapeNchw(info), type: 'float32' } as const;
  const { padInfo: pad } = info;
  if (info.strideHeight === 1 && info.strideWidth === 1 && group === 1) {
    const [, , rows = 1, columns = 1] = filter.shape;
    const swapped = transposeValue(g, filter, [1, 0, 2, 3]);
    const turned = rows * columns === 1 ? swapped : turn(g, swapped);
    const pads = [
      info.effectiveFilterHeight - 1 - pad.top,
      info.effectiveFilterWidth - 1 - pad.left,
      info.effectiveFilterHeight - 1 - pad.bottom + height,
      info.effectiveFilterWidth - 1 - pad.right + width,
    ];
    if (pads.some((size) => size < 0)) return undefined;
    return g.op('Conv', [dy, turned], output, {
      attrs: { ...windowAttrs(info), strides: [1, 1], pads, group },
    });
  }
  if (height < 0 || width < 0) return undefined;
  if (height >= info.strideHeight || width >= info.strideWidth) return undefined;
  return g.op('ConvTranspose', [dy, filter], output, {
    attrs: { ...windowAttrs(info), output_padding: [height, width], group },
  });
}

/** The filter turned by 180 degrees. */
function turn(g: Graph, filter: Value): Value {
  const steps = g.integers([-1, -1]);
  return g.op(
    'Slice',
    [filter, steps, g.integers([-(2 ** 31), -(2 ** 31)]), g.integers([2, 3]), steps],
    filter,
  );
}

/** Every window of the input as a column: [batch, channels * kernel, outHeight * outWidth], by a convolution that copies. */
function columns(g: Graph, x: Value, info: ConvInfo): Value {
  const { batchSize, inChannels: channels, filterHeight, filterWidth, outHeight, outWidth } = info;
  const taps = filterHeight * filterWidth;
  const shape = [batchSize, channels * taps, outHeight * outWidth];
  if (taps === 1 && info.strideHeight === 1 && info.strideWidth === 1) return reshapeValue(g, x, shape);
  const pick = g.constant(`pick${channels}x${filterHeight}x${filterWidth}`, () => {
    const data = new Float32Array(channels * taps * taps);
    for (let row = 0; row < channels * taps; row++) data[row * taps + (row % taps)] = 1;
    return Value.constant(data, [channels * taps, 1, filterHeight, filterWidth], 'float32');
  });
  const picked = g.op(
    'Conv',
    [x, pick],
    { shape: [batchSize, channels * taps, outHeight, outWidth], type: 'float32' },
    { attrs: { ...windowAttrs(info), group: channels } },
  );
  return reshapeValue(g, picked, shape);
}

/** The gradient by a filter, [in * kernel, out]: products of each sample's columns with its dy, summed over the batch. */
function filterGradient(g: Graph, x: Value, dy: Value, info: ConvInfo): Value {
  const { batchSize, outChannels, outHeight, outWidth } = info;
  const rows = info.inChannels * info.filterHeight * info.filterWidth;
  const positions = outHeight * outWidth;
  const right = transposeValue(g, reshapeValue(g, dy, [batchSize, outChannels, positions]), [0, 2, 1]);
  const products = g.op('MatMul', [columns(g, x, info), right], {
    shape: [batchSize, rows, outChannels],
    type: 'float32',
  });
  if (batchSize === 1) return reshapeValue(g, products, [rows, outChannels]);
  return g.op(
    'ReduceSum',
    [products, g.integers([0])],
    { shape: [rows, outChannels], type: 'float32' },
    {
      attrs: { keepdims: 0 },
    },
  );
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
  const dw = filterGradient(g, arranged(g, x, order), arranged(g, dy, order), info);
  const { inChannels, filterHeight, filterWidth, outChannels } = info;
  return permuted(reshapeValue(g, dw, [inChannels, filterHeight, filterWidth, outChannels]), [1, 2, 0, 3]);
}

function depthwiseInputGradient({ g, inputs: { dy, filter }, attrs }: KernelCall): View | undefined {
  if (dy === undefined || filter === undefined) return undefined;
  const info = depthwiseInfo(attrs['inputShape'] as number[], filter.shape, attrs);
  const dx = inputGradient(
    g,
    arranged(g, dy, NHWC_OVER_NCHW),
    depthwiseFilter(g, filter),
    info,
    info.inChannels,
  );
  return dx && permuted(dx, NHWC_OVER_NCHW);
}

/** Per channel and sample, the columns times dy: [kernel, positions] x [positions, multiplier], summed over the batch. */
function depthwiseFilterGradient({ g, inputs: { x, dy }, attrs }: KernelCall): View | undefined {
  if (x === undefined || dy === undefined) return undefined;
  const info = depthwiseInfo(x.shape, attrs['filterShape'] as number[], attrs);
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = info;
  const [taps, positions, multiplier] = [
    filterHeight * filterWidth,
    outHeight * outWidth,
    outChannels / inChannels,
  ];
  const cols = reshapeValue(g, columns(g, arranged(g, x, NHWC_OVER_NCHW), info), [
    batchSize,
    inChannels,
    taps,
    positions,
  ]);
  const right = reshapeValue(g, arranged(g, dy, NHWC_OVER_NCHW), [
    batchSize,
    inChannels,
    multiplier,
    positions,
  ]);
  const products = g.op('MatMul', [cols, transposeValue(g, right, [0, 1, 3, 2])], {
    shape: [batchSize, inChannels, taps, multiplier],
    type: 'float32',
  });
  const shape = [inChannels, taps, multiplier];
  const dw = g.op(
    'ReduceSum',
    [products, g.integers([0])],
    { shape, type: 'float32' },
    { attrs: { keepdims: 0 } },
  );
  return permuted(reshapeValue(g, dw, [inChannels, filterHeight, filterWidth, multiplier]), [1, 2, 0, 3]);
}

defineKernels({
  Conv2D: conv2d,
  Conv2DBackpropInput: conv2dInputGradient,
  Conv2DBackpropFilter: conv2dFilterGradient,
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  FusedConv2D: (call) => finished(call, conv2d(call)),
  FusedDepthwiseConv2D: (call) => finished(call, depthwise(call)),
});
