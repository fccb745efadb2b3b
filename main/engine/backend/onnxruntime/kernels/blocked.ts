import { type Graph, Value } from '../graph.ts';
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

/** x with zeros after each axis; negative amounts cut. */
function extend(g: Graph, x: Value, after: readonly number[]): Value {
  if (after.every((amount) => amount === 0)) return x;
  const shape = x.shape.map((dim, axis) => dim + (after[axis] ?? 0));
  const amounts = g.integers([...after.map(() => 0), ...after]);
  return g.op('Pad', [x, amounts], { shape, type: x.type });
}

/**
 * A blocked image with zeros around it, by a convolution that copies every pixel: unlike Pad it uses every thread.
 * @param pads rows above, columns before, rows below, columns after; none negative
 */
function padBlocked(g: Graph, x: Value, pads: readonly number[]): Value {
  if (pads.every((amount) => amount === 0)) return x;
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  const filter = g.constant(`copy${channels}`, () =>
    Value.constant(new Float32Array(channels).fill(1), [channels, 1, 1, 1], 'float32'),
  );
  const shape = [batch, channels, height + top + bottom, width + left + right];
  return conv(g, x, filter, shape, { strides: [1, 1], dilations: [1, 1], pads }, channels);
}

/**
 * How far the windows reach beyond the image: rows above, columns before, rows below, columns after. Negative where they do
 * not come to its end. Between these borders a convolution needs no padding of its own, whose borders are slow.
 */
function reach(info: ConvInfo): number[] {
  const { outHeight, outWidth, inHeight, inWidth, padInfo, filterHeight, filterWidth } = info;
  const height = (outHeight - 1) * info.strideHeight + filterHeight;
  const width = (outWidth - 1) * info.strideWidth + filterWidth;
  return [padInfo.top, padInfo.left, height - inHeight - padInfo.top, width - inWidth - padInfo.left];
}

/** NCHW `x` without what no window reaches, and the zeros that are still to be put around it. */
function cutToReach(g: Graph, x: Value, info: ConvInfo): { image: Value; pads: readonly number[] } {
  const [top = 0, left = 0, bottom = 0, right = 0] = reach(info);
  const image = extend(g, x, [0, 0, Math.min(bottom, 0), Math.min(right, 0)]);
  return { image, pads: [top, left, Math.max(bottom, 0), Math.max(right, 0)] };
}

/**
 * The gradient of a convolution by its filter, as a convolution with the batch in the channels' place:
 * dw[o, i, tap] = sum over samples and positions of dy[sample, o, p] * x[sample, i, stride * p + tap]. dy is the filter, its size
 * the kernel's, and the result has one position for each tap. Nothing of the size of im2col is ever made.
 * Returns [in, out, height, width].
 */
export function blockedFilterGradient(g: Graph, x: Value, dy: Value, info: ConvInfo, block: number): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const batch = roundUp(batchSize, block);
  const outs = roundUp(outChannels, block);
  const { image: cut, pads } = cutToReach(g, x, info);
  const whole = extend(g, cut, [batch - batchSize, 0, 0, 0]);
  const image = padBlocked(g, reorderInput(g, transposeValue(g, whole, [1, 0, 2, 3])), pads);

  const gradient = extend(g, dy, [batch - batchSize, outs - outChannels, 0, 0]);
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
 * The gradient of a depthwise convolution in strides by its input, when `canBlock`: zeros between the pixels of dy, then a
 * convolution with the turned filters. ConvTranspose does less work but on one thread. Undefined where the last rows or
 * columns would need cutting.
 * @param turned the filters turned by 180 degrees
 */
export function blockedDepthwiseInputGradient(
  g: Graph,
  dy: Value,
  turned: Value,
  shape: readonly number[],
  info: ConvInfo,
): Value | undefined {
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo, inHeight, inWidth } = info;
  const [batch = 1, channels = 1, rows = 1, columns = 1] = dy.shape;
  const [height, width] = [rows * strideHeight, columns * strideWidth];
  const [top, left] = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left];
  const pads = [
    top,
    left,
    inHeight + filterHeight - 1 - height - top,
    inWidth + filterWidth - 1 - width - left,
  ];
  if (pads.some((amount) => amount < 0)) return undefined;
  const block = g.block ?? 1;
  const spread = [batch, channels, height, width];
  const repeated = g.op(
    'Upsample',
    [reorderInput(g, dy)],
    { shape: spread, type: 'float32' },
    { domain: DOMAIN, attrs: { scales: [1, 1, strideHeight, strideWidth], mode: 'nearest' } },
  );
  const size = height * width * block;
  const corners = g.constant(`corners${height}x${width}/${strideHeight}x${strideWidth}x${block}`, () => {
    const data = new Float32Array(size);
    for (let i = 0; i < height; i += strideHeight)
      for (let j = 0; j < width; j += strideWidth)
        data.fill(1, (i * width + j) * block, (i * width + j + 1) * block);
    return Value.constant(data, [1, size], 'float32');
  });
  const flat = { shape: [(batch * channels) / block, size], type: 'float32' } as const;
  const spaced = g.op('Mul', [reshapeValue(g, repeated, flat.shape), corners], flat);
  const filters = blockChannelFilters(g, turned, block);
  const geometry = { strides: [1, 1], dilations: [1, 1], pads };
  return reorderOutput(
    g,
    conv(g, reshapeValue(g, spaced, spread), filters, shape, geometry, channels),
    channels,
  );
}

/**
 * The gradient of a depthwise convolution by its filters, [channels, height, width]: a depthwise convolution over
 * samples times channels whose filters are dy, summed over the samples. For channels that `canBlock`.
 */
export function blockedDepthwiseFilterGradient(g: Graph, x: Value, dy: Value, info: ConvInfo): Value {
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const planes = batchSize * inChannels;
  const { image: cut, pads } = cutToReach(g, x, info);
  const padded = padBlocked(g, reorderInput(g, cut), pads);
  const image = reshapeValue(g, padded, [1, planes, ...padded.shape.slice(2)]);
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
