import type { Graph, Value } from '../graph.ts';
import { reshapeValue, transposeValue } from '../layout.ts';
import { type ConvInfo, windowAttrs } from './window.ts';

/**
 * Convolutions in onnxruntime's blocked layout (NCHWc: the channels in blocks that fill a vector register). Its optimiser uses
 * them for filters that never change; a training step's filters do, so their blocking is part of the graph here - they are
 * small - and images are reordered before and after, which costs a tenth of what the direct convolution gains.
 */

const DOMAIN = 'com.microsoft.nchwc';

function reorderInput(g: Graph, x: Value): Value {
  return g.op('ReorderInput', [x], x, { domain: DOMAIN });
}

/** Back to NCHW; channels that only filled the last block are dropped. */
function reorderOutput(g: Graph, x: Value, channels: number): Value {
  const [batch = 1, , ...rest] = x.shape;
  return g.op(
    'ReorderOutput',
    [x],
    { shape: [batch, channels, ...rest], type: x.type },
    {
      domain: DOMAIN,
      attrs: { channels },
    },
  );
}

interface ConvGeometry {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

function conv(
  g: Graph,
  x: Value,
  filter: Value,
  shape: readonly number[],
  geometry: ConvGeometry,
  group = 1,
): Value {
  const attrs = { ...geometry, kernel_shape: filter.shape.slice(2), group, auto_pad: 'NOTSET' };
  return g.op('Conv', [x, filter], { shape, type: 'float32' }, { domain: DOMAIN, attrs });
}

/** A filter [out, in, ...kernel], both multiples of the block, as [out/b, in/b, ...kernel, b in, b out]. */
function blockFilter(g: Graph, filter: Value, block: number): Value {
  const [out = 1, ins = 1, height = 1, width = 1] = filter.shape;
  const split = reshapeValue(g, filter, [out / block, block, ins / block, block, height, width]);
  return reshapeValue(g, transposeValue(g, split, [0, 2, 4, 5, 3, 1]), filter.shape);
}

/** Whether a convolution between these channels has a blocked form that is worth its reordering. */
export function canBlock(g: Graph, channels: number, outChannels: number): boolean {
  return g.block !== undefined && channels % g.block === 0 && outChannels % g.block === 0;
}

/** A convolution of NCHW `x` with an OIHW filter, when `canBlock`. */
export function blockedConv(
  g: Graph,
  x: Value,
  filter: Value,
  shape: readonly number[],
  geometry: ConvGeometry,
): Value {
  const y = conv(g, reorderInput(g, x), blockFilter(g, filter, g.block ?? 1), shape, geometry);
  return reorderOutput(g, y, shape[1] ?? 1);
}

const roundUp = (size: number, block: number): number => Math.ceil(size / block) * block;

/** x with zeros before and after each axis; negative amounts cut. */
function pad(g: Graph, x: Value, before: readonly number[], after: readonly number[]): Value {
  if ([...before, ...after].every((amount) => amount === 0)) return x;
  const shape = x.shape.map((dim, axis) => dim + (before[axis] ?? 0) + (after[axis] ?? 0));
  return g.op('Pad', [x, g.integers([...before, ...after])], { shape, type: x.type });
}

/**
 * The gradient of a convolution by its filter, as a convolution with the batch in the channels' place:
 * dw[o, i, tap] = sum over samples and positions of dy[sample, o, p] * x[sample, i, stride * p + tap]. dy is the filter, its size
 * the kernel's, and the result has one position for each tap. Nothing of the size of im2col is ever made.
 * Returns [in, out, height, width].
 */
export function blockedFilterGradient(g: Graph, x: Value, dy: Value, info: ConvInfo, block: number): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, inHeight, inWidth, padInfo } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const batch = roundUp(batchSize, block);
  const outs = roundUp(outChannels, block);
  // Just what the windows reach, so that the convolution itself needs no padding: its borders are slow.
  const height = (outHeight - 1) * strideHeight + filterHeight;
  const width = (outWidth - 1) * strideWidth + filterWidth;
  const after = [batch - batchSize, 0, height - inHeight - padInfo.top, width - inWidth - padInfo.left];
  const padded = pad(g, x, [0, 0, padInfo.top, padInfo.left], after);
  const image = reorderInput(g, transposeValue(g, padded, [1, 0, 2, 3]));

  const gradient = pad(g, dy, [0, 0, 0, 0], [batch - batchSize, outs - outChannels, 0, 0]);
  const positions = outHeight * outWidth;
  const blocks = [batch / block, block, outs / block, positions, block];
  const split = reshapeValue(g, reorderInput(g, gradient), blocks);
  const filter = reshapeValue(g, transposeValue(g, split, [2, 0, 3, 1, 4]), [
    outs,
    batch,
    outHeight,
    outWidth,
  ]);

  const result = conv(g, image, filter, [inChannels, outs, filterHeight, filterWidth], {
    strides: [1, 1],
    dilations: [strideHeight, strideWidth],
    pads: [0, 0, 0, 0],
  });
  return reorderOutput(g, result, outChannels);
}

/** A filter per channel, [channels, 1, ...kernel], as [channels/b, ...kernel, b]. */
function blockChannelFilters(g: Graph, filter: Value, block: number): Value {
  const [channels = 1, , height = 1, width = 1] = filter.shape;
  const split = reshapeValue(g, filter, [channels / block, block, height * width]);
  return reshapeValue(g, transposeValue(g, split, [0, 2, 1]), filter.shape);
}

/** A depthwise convolution of NCHW `x` with one filter a channel, [channels, 1, ...kernel], when `canBlock`. */
export function blockedDepthwise(
  g: Graph,
  x: Value,
  filter: Value,
  shape: readonly number[],
  geometry: ConvGeometry,
): Value {
  const channels = shape[1] ?? 1;
  const filters = blockChannelFilters(g, filter, g.block ?? 1);
  return reorderOutput(g, conv(g, reorderInput(g, x), filters, shape, geometry, channels), channels);
}

/**
 * The gradient of a depthwise convolution by its filters, [channels, height, width]: a depthwise convolution over
 * samples times channels whose filters are dy, summed over the samples. For channels that `canBlock`.
 */
export function blockedDepthwiseFilterGradient(g: Graph, x: Value, dy: Value, info: ConvInfo): Value {
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  const block = g.block ?? 1;
  const height = (outHeight - 1) * info.strideHeight + filterHeight;
  const width = (outWidth - 1) * info.strideWidth + filterWidth;
  const planes = batchSize * inChannels;
  // In blocked order, which the convolution itself and its other gradient have made already, padding moves whole pixels.
  const pixels = reshapeValue(g, reorderInput(g, x), [planes / block, info.inHeight, info.inWidth, block]);
  const after = [0, height - info.inHeight - padInfo.top, width - info.inWidth - padInfo.left, 0];
  const padded = pad(g, pixels, [0, padInfo.top, padInfo.left, 0], after);
  const image = reshapeValue(g, padded, [1, planes, height, width]);
  const filters = reshapeValue(g, reorderInput(g, dy), [planes, 1, outHeight, outWidth]);
  const geometry = { strides: [1, 1], dilations: [info.strideHeight, info.strideWidth], pads: [0, 0, 0, 0] };
  const each = conv(g, image, filters, [1, planes, filterHeight, filterWidth], geometry, planes);
  const samples = reshapeValue(g, reorderOutput(g, each, planes), [
    batchSize,
    inChannels,
    filterHeight,
    filterWidth,
  ]);
  const shape = [inChannels, filterHeight, filterWidth];
  return g.op(
    'ReduceSum',
    [samples, g.integers([0])],
    { shape, type: 'float32' },
    { attrs: { keepdims: 0 } },
  );
}

/** The geometry of a convolution's windows. */
export function geometryOf(info: ConvInfo): ConvGeometry {
  const { strides, dilations, pads } = windowAttrs(info);
  return { strides, dilations, pads };
}
