import * as tf from '@tensorflow/tfjs-core';
import { type Graph, Value } from '../graph.ts';
import {
  arranged,
  elementwise,
  expand,
  NHWC_OVER_NCHW,
  permuted,
  plain,
  reshapeValue,
  type View,
} from '../layout.ts';
import { defineKernels, type KernelCall } from '../record.ts';
import { type ConvInfo, inShapeNchw, outShapeNchw, unreached, windowAttrs } from './window.ts';

/** Pooling over windows and its gradients. */

interface PoolAttrs {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(x: View, attrs: KernelCall['attrs']): ConvInfo | undefined {
  if (x.value.type !== 'float32') return undefined;
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttrs;
  const shape = [...x.shape] as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { padInfo, filterHeight, filterWidth } = info;
  // A window that lies in the padding alone has no answer in ONNX; nor has an output of nothing.
  if (
    Math.max(padInfo.top, padInfo.bottom) >= filterHeight ||
    Math.max(padInfo.left, padInfo.right) >= filterWidth
  ) {
    return undefined;
  }
  return info.outHeight > 0 && info.outWidth > 0 ? info : undefined;
}

/** Greatest values and, for whoever asks, where they were found: positions in the flattened NCHW input. */
function maxima(g: Graph, x: Value, info: ConvInfo): { y: Value; positions: Value } {
  const shape = outShapeNchw(info);
  const [y, positions] = g.ops(
    'MaxPool',
    [x],
    [
      { shape, type: 'float32' },
      { shape, type: 'int64' },
    ],
    { attrs: windowAttrs(info) },
  );
  if (y === undefined || positions === undefined) throw new Error('MaxPool has two outputs');
  return { y, positions };
}

/** Whether no two windows share a position. */
function disjoint(info: ConvInfo): boolean {
  return info.strideHeight >= info.filterHeight && info.strideWidth >= info.filterWidth;
}

/** Whether the windows cover the image side by side, without rest. */
function tiles(info: ConvInfo): boolean {
  const { padInfo: pad, filterHeight, filterWidth } = info;
  return (
    disjoint(info) &&
    pad.top + pad.left + pad.bottom + pad.right === 0 &&
    info.outHeight * filterHeight === info.inHeight &&
    info.outWidth * filterWidth === info.inWidth
  );
}

/**
 * The gradient for windows that tile the image, without positions: onnxruntime finds those five times as slowly as maxima.
 * An element is its window's first maximum when, of all that equal the maximum, it has the highest rank; ranks fall
 * from 1 in reading order.
 */
function tiledMaxPoolGradient(g: Graph, dy: View, input: View, info: ConvInfo): View {
  const x = arranged(g, input, NHWC_OVER_NCHW);
  const [height, width] = [info.inHeight, info.inWidth];
  const rank = g.constant(`rank${height}x${width}/${info.filterHeight}x${info.filterWidth}`, () => {
    const data = new Float32Array(height * width);
    const size = info.filterHeight * info.filterWidth;
    for (let i = 0; i < data.length; i++) {
      const [row, column] = [Math.floor(i / width) % info.filterHeight, (i % width) % info.filterWidth];
      data[i] = 1 - (row * info.filterWidth + column) / (2 * size);
    }
    return Value.constant(data, [1, 1, height, width], 'float32');
  });
  const same = { shape: x.shape, type: 'float32' } as const;
  const equal = (a: Value, b: Value): Value =>
    g.op('Cast', [g.op('Equal', [a, b], { shape: x.shape, type: 'bool' })], same, { attrs: { to: 1 } });
  const ranks = g.op('Mul', [equal(x, spread(g, maxima(g, x, info).y, info)), rank], same);
  const first = equal(ranks, spread(g, maxima(g, ranks, info).y, info));
  const dx = g.op('Mul', [first, spread(g, arranged(g, dy, NHWC_OVER_NCHW), info)], same);
  return permuted(dx, NHWC_OVER_NCHW);
}

/** Every value repeated over its window. */
function spread(g: Graph, y: Value, info: ConvInfo): Value {
  const scales = [1, 1, info.filterHeight, info.filterWidth];
  const factor = g.constant(`scales${scales.join()}`, () =>
    Value.constant(Float32Array.from(scales), [4], 'float32'),
  );
  return g.op(
    'Resize',
    [y, undefined, factor],
    { shape: inShapeNchw(info), type: 'float32' },
    {
      attrs: { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
    },
  );
}

function maxPoolGradient({ g, inputs: { dy, input }, attrs }: KernelCall): View | undefined {
  if (dy === undefined || input === undefined) return undefined;
  const info = poolInfo(input, attrs);
  if (info === undefined) return undefined;
  if (tiles(info)) return tiledMaxPoolGradient(g, dy, input, info);
  const { positions } = maxima(g, arranged(g, input, NHWC_OVER_NCHW), info);
  const gradient = arranged(g, dy, NHWC_OVER_NCHW);
  const shape = inShapeNchw(info);
  if (disjoint(info)) {
    const dx = g.op(
      'MaxUnpool',
      [gradient, positions, g.integers(shape)],
      { shape, type: 'float32' },
      {
        attrs: {
          kernel_shape: [info.filterHeight, info.filterWidth],
          strides: [info.strideHeight, info.strideWidth],
        },
      },
    );
    return permuted(dx, NHWC_OVER_NCHW);
  }
  const flat = [gradient.size];
  const total = [shape.reduce((a, b) => a * b, 1)];
  const zeros = expand(g, g.scalar(0), total);
  const sums = g.op(
    'ScatterElements',
    [zeros, reshapeValue(g, positions, flat), reshapeValue(g, gradient, flat)],
    { shape: total, type: 'float32' },
    { attrs: { axis: 0, reduction: 'add' } },
  );
  return permuted(reshapeValue(g, sums, shape), NHWC_OVER_NCHW);
}

function pool(op: 'MaxPool' | 'AveragePool'): (call: KernelCall) => View | undefined {
  return ({ g, inputs: { x }, attrs }) => {
    const info = x && poolInfo(x, attrs);
    if (x === undefined || info === undefined) return undefined;
    const value = arranged(g, x, NHWC_OVER_NCHW);
    if (op === 'MaxPool') return permuted(maxima(g, value, info).y, NHWC_OVER_NCHW);
    const { kernel_shape = [], strides = [], pads = [] } = windowAttrs(info);
    // tfjs averages over what lies inside the image.
    const y = g.op(
      op,
      [value],
      { shape: outShapeNchw(info), type: 'float32' },
      {
        attrs: { kernel_shape, strides, pads, count_include_pad: 0 },
      },
    );
    return permuted(y, NHWC_OVER_NCHW);
  };
}

/** Spreads dy / window evenly; tfjs divides by the whole window, padding or not. */
function avgPoolGradient({ g, inputs: { dy, input }, attrs }: KernelCall): View | undefined {
  if (dy === undefined || input === undefined) return undefined;
  const info = poolInfo(input, attrs);
  if (info === undefined) return undefined;
  const { filterHeight, filterWidth, inChannels } = info;
  const area = plain(g.scalar(1 / (filterHeight * filterWidth)));
  const share = arranged(g, elementwise(g, 'Mul', [dy, area], 'float32'), NHWC_OVER_NCHW);
  const shape = inShapeNchw(info);
  if (tiles(info)) return permuted(spread(g, share, info), NHWC_OVER_NCHW);
  const rest = unreached(info);
  if (rest.some((size, i) => size < 0 || size >= (i === 0 ? info.strideHeight : info.strideWidth)))
    return undefined;
  const kernel = g.constant(`ones${inChannels}x${filterHeight}x${filterWidth}`, () => {
    const data = new Float32Array(inChannels * filterHeight * filterWidth).fill(1);
    return Value.constant(data, [inChannels, 1, filterHeight, filterWidth], 'float32');
  });
  const dx = g.op(
    'ConvTranspose',
    [share, kernel],
    { shape, type: 'float32' },
    {
      attrs: { ...windowAttrs(info), group: inChannels, output_padding: rest },
    },
  );
  return permuted(dx, NHWC_OVER_NCHW);
}

defineKernels({
  MaxPool: pool('MaxPool'),
  MaxPoolGrad: maxPoolGradient,
  AvgPool: pool('AveragePool'),
  AvgPoolGrad: avgPoolGradient,
});
