import { type Graph, sameShape, type Value } from '../graph.ts';
import { arranged, NHWC_OVER_NCHW, permuted, reshapeValue, transposeValue, type View } from '../layout.ts';
import { defineKernels, type KernelCall } from '../record.ts';
import { blockedDepthwise, blockedDepthwiseFilterGradient, canBlock, geometryOf } from './blocked.ts';
import { columns } from './columns.ts';
import { type ConvAttrs, convInfo, finished, inputGradient } from './conv.ts';
import { type ConvInfo, outShapeNchw, windowAttrs } from './window.ts';

/** Convolutions of each channel by itself, and their gradients. */

/** A filter [height, width, in, multiplier] as ONNX's [in * multiplier, 1, height, width]. */
function channelFilters(g: Graph, filter: View): Value {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  return reshapeValue(g, arranged(g, filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function infoOf(x: readonly number[], filter: readonly number[], attrs: KernelCall['attrs']): ConvInfo {
  return convInfo(x, filter, attrs as unknown as ConvAttrs, true);
}

/** Whether every channel has one filter. */
function isSingle(info: ConvInfo): boolean {
  return info.inChannels === info.outChannels;
}

function depthwise({ g, inputs: { x, filter }, attrs }: KernelCall): View | undefined {
  if (x?.value.type !== 'float32' || filter?.value.type !== 'float32') return undefined;
  const info = infoOf(x.shape, filter.shape, attrs);
  if (outShapeNchw(info).includes(0)) return undefined;
  const [image, filters, shape] = [
    arranged(g, x, NHWC_OVER_NCHW),
    channelFilters(g, filter),
    outShapeNchw(info),
  ];
  if (isSingle(info) && canBlock(g, info.inChannels, info.inChannels)) {
    return permuted(blockedDepthwise(g, image, filters, shape, geometryOf(info)), NHWC_OVER_NCHW);
  }
  const grouped = { ...windowAttrs(info), group: info.inChannels };
  return permuted(
    g.op('Conv', [image, filters], { shape, type: 'float32' }, { attrs: grouped }),
    NHWC_OVER_NCHW,
  );
}

function depthwiseInputGradient({ g, inputs: { dy, filter }, attrs }: KernelCall): View | undefined {
  if (dy === undefined || filter === undefined) return undefined;
  const info = infoOf(attrs['inputShape'] as number[], filter.shape, attrs);
  if (!sameShape(dy.shape, info.outShape)) return undefined;
  const dx = inputGradient(
    g,
    arranged(g, dy, NHWC_OVER_NCHW),
    channelFilters(g, filter),
    info,
    info.inChannels,
  );
  return dx && permuted(dx, NHWC_OVER_NCHW);
}

/** Per channel and sample, the columns times dy: [taps, positions] x [positions, multiplier], summed over the batch. */
function depthwiseFilterGradient({ g, inputs: { x, dy }, attrs }: KernelCall): View | undefined {
  if (x === undefined || dy === undefined) return undefined;
  const info = infoOf(x.shape, attrs['filterShape'] as number[], attrs);
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = info;
  const dilated = info.dilationHeight > 1 || info.dilationWidth > 1;
  if (isSingle(info) && !dilated && canBlock(g, inChannels, inChannels)) {
    const image = arranged(g, x, NHWC_OVER_NCHW);
    const single = blockedDepthwiseFilterGradient(g, image, arranged(g, dy, NHWC_OVER_NCHW), info);
    return permuted(reshapeValue(g, single, [inChannels, filterHeight, filterWidth, 1]), [1, 2, 0, 3]);
  }
  const [taps, positions, multiplier] = [
    filterHeight * filterWidth,
    outHeight * outWidth,
    outChannels / inChannels,
  ];
  const left = reshapeValue(g, columns(g, arranged(g, x, NHWC_OVER_NCHW), info), [
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
  const products = g.op('MatMul', [left, transposeValue(g, right, [0, 1, 3, 2])], {
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
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  FusedDepthwiseConv2D: (call) => finished(call, depthwise(call)),
});
