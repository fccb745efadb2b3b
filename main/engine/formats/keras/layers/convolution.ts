import type { Call, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { reordered, withShape } from '../reorder.ts';
import { activated } from './activation.ts';
import { windowOf } from './padding.ts';

/** The bias of `units` numbers, when the layer has one. */
function biasOf(call: Call, index: number, units: number): Record<string, string> {
  if (!call.flag('use_bias', true)) return {};
  return { bias: call.param('bias', 'bias', call.weight('bias', index, [units])) };
}

function sizeOf(image: Value): [number, number] {
  return [image.shape[2] ?? 1, image.shape[3] ?? 1];
}

function conv2d(call: Call): Value {
  const image = call.image();
  const kernel = call.integers('kernel_size', 2);
  const group = call.number('groups', 1);
  const channels = image.shape[1] ?? 1;
  const stored = call.weight('kernel', 0, [...kernel, channels / group, null]);
  const weight = reordered(stored, [3, 2, 0, 1]);
  const window = windowOf(call, kernel, sizeOf(image), call.integers('strides', 2, [1, 1]));
  const params = {
    weight: call.param('kernel', 'weight', weight),
    ...biasOf(call, 1, weight.shape[0] ?? 0),
  };
  return activated(call, call.add('Conv2D', [image], { ...window, group }, params));
}

/** [h, w, in, multiplier] as filters of one channel each, those of a channel after each other. */
function depthwise(call: Call, image: Value, name: string, last: boolean): Value {
  const kernel = call.integers('kernel_size', 2);
  const channels = image.shape[1] ?? 1;
  // Some writers leave depth_multiplier out: the numbers have it anyway.
  const stored = call.weight(name, 0, [...kernel, channels, null]);
  const multiplier = stored.shape[3] ?? 1;
  const weight = withShape(reordered(stored, [2, 3, 0, 1]), [channels * multiplier, 1, ...kernel]);
  const window = windowOf(call, kernel, sizeOf(image), call.integers('strides', 2, [1, 1]));
  const params = {
    weight: call.param(name, 'weight', weight),
    ...(last && biasOf(call, 1, channels * multiplier)),
  };
  const attrs = { ...window, group: channels };
  return call.add('Conv2D', [image], attrs, params, last ? undefined : 'depthwise');
}

/** Depthwise, then one by one. */
function separable(call: Call): Value {
  const between = depthwise(call, call.image(), 'depthwise_kernel', false);
  const stored = call.weight('pointwise_kernel', 1, [1, 1, between.shape[1] ?? 1, null]);
  const weight = reordered(stored, [3, 2, 0, 1]);
  const params = {
    weight: call.param('pointwise_kernel', 'weight', weight),
    ...biasOf(call, 2, weight.shape[0] ?? 0),
  };
  const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 };
  return activated(call, call.add('Conv2D', [between], attrs, params));
}

function transposedConv(call: Call): Value {
  const image = call.image();
  const kernel = call.integers('kernel_size', 2);
  const strides = call.integers('strides', 2, [1, 1]);
  const stored = call.weight('kernel', 0, [...kernel, null, image.shape[1] ?? 1]);
  const weight = reordered(stored, [3, 2, 0, 1]);
  if ((call.layer.config['output_padding'] ?? null) !== null) {
    throw call.fail('has an output padding, which is not supported');
  }
  const same = call.text('padding', 'valid') === 'same';
  const cut = kernel.map((length, axis) => (same ? Math.max(0, length - (strides[axis] ?? 1)) : 0));
  const before = cut.map((total) => Math.floor(total / 2));
  const attrs = {
    strides,
    pads: [...before, ...cut.map((total, axis) => total - (before[axis] ?? 0))],
    outputPadding: kernel.map((length, axis) => Math.max(0, (strides[axis] ?? 1) - length)),
  };
  const params = {
    weight: call.param('kernel', 'weight', weight),
    ...biasOf(call, 1, weight.shape[1] ?? 0),
  };
  return activated(call, call.add('ConvTranspose2D', [image], attrs, params));
}

export const convolution: KerasReaders = {
  Conv2D: conv2d,
  Convolution2D: conv2d,
  DepthwiseConv2D: (call) => activated(call, depthwise(call, call.image(), 'depthwise_kernel', true)),
  SeparableConv2D: separable,
  Conv2DTranspose: transposedConv,
};
