import type { Call, KerasReader, KerasReaders } from '../call.ts';
import type { Value } from '../importer.ts';
import { reordered, withShape } from '../reorder.ts';
import { samePadding } from '../same-padding.ts';
import { activated } from './activation.ts';

/** Layers over one axis work on [batch, length, channels]; here as images of one row. */
interface Row {
  readonly image: Value;
  readonly length: number;
  readonly channels: number;
}

function rowOf(call: Call): Row {
  const input = call.input();
  const [, length = 1, channels = 1] = input.shape;
  if (input.shape.length !== 3) throw call.fail(`takes values of rank 3, not ${input.shape.length}`);
  if ((call.layer.config['data_format'] ?? 'channels_last') !== 'channels_last') {
    throw call.fail('has its channels first, which is not supported', 'Save it with channels last.');
  }
  const turned = call.transposed(input, [0, 2, 1], 'channels_first');
  const image = call.add('Reshape', [turned], { shape: [channels, 1, length] }, {}, 'row');
  return { image, length, channels };
}

/** The image of one row as [batch, length, channels] again. */
function fromRow(call: Call, made: Value): Value {
  const [, channels = 1, , length = 1] = made.shape;
  const flat = call.add('Reshape', [made], { shape: [channels, length] }, {}, 'rows');
  return call.add('Transpose', [flat], { perm: [0, 2, 1] });
}

/** Strides, dilations and padding of a window over one axis. */
function windowOf(call: Call, size: number, length: number, step: number): Record<string, number[]> {
  const [stride = 1] = call.integers('strides', 1, [step]);
  const [dilation = 1] = call.integers('dilation_rate', 1, [1]);
  const padding = call.text('padding', 'valid');
  const [before, after] = samePadding(length, size, stride, dilation);
  const pads = { valid: [0, 0], same: [before, after], causal: [(size - 1) * dilation, 0] }[padding];
  if (pads === undefined) throw call.fail(`has the padding '${padding}'`);
  return { strides: [1, stride], dilations: [1, dilation], pads: [0, pads[0] ?? 0, 0, pads[1] ?? 0] };
}

function biasOf(call: Call, index: number, units: number): Record<string, string> {
  if (!call.flag('use_bias', true)) return {};
  return { bias: call.param('bias', 'bias', call.weight('bias', index, [units])) };
}

function conv1d(call: Call): Value {
  const [size = 1] = call.integers('kernel_size', 1);
  const group = call.number('groups', 1);
  const { image, length, channels } = rowOf(call);
  const stored = call.weight('kernel', 0, [size, channels / group, null]);
  const weight = reordered(stored, [2, 1, 0]);
  const [units = 0, inner = 1] = weight.shape;
  const params = {
    weight: call.param('kernel', 'weight', withShape(weight, [units, inner, 1, size])),
    ...biasOf(call, 1, units),
  };
  const made = call.add('Conv2D', [image], { ...windowOf(call, size, length, 1), group }, params, 'conv');
  return activated(call, fromRow(call, made));
}

/** Every channel by itself, [size, channels, multiplier]. */
function depthwise(call: Call, { image, length, channels }: Row, name: string, last: boolean): Value {
  const [size = 1] = call.integers('kernel_size', 1);
  const stored = call.weight(name, 0, [size, channels, null]);
  const units = channels * (stored.shape[2] ?? 1);
  const weight = withShape(reordered(stored, [1, 2, 0]), [units, 1, 1, size]);
  const params = {
    weight: call.param(name, 'weight', weight),
    ...(last && biasOf(call, 1, units)),
  };
  const attrs = { ...windowOf(call, size, length, 1), group: channels };
  return call.add('Conv2D', [image], attrs, params, 'depthwise');
}

function separable(call: Call): Value {
  const between = depthwise(call, rowOf(call), 'depthwise_kernel', false);
  const stored = call.weight('pointwise_kernel', 1, [1, between.shape[1] ?? 1, null]);
  const weight = reordered(stored, [2, 1, 0]);
  const [units = 0, inner = 1] = weight.shape;
  const params = {
    weight: call.param('pointwise_kernel', 'weight', withShape(weight, [units, inner, 1, 1])),
    ...biasOf(call, 2, units),
  };
  return activated(call, fromRow(call, call.add('Conv2D', [between], {}, params, 'pointwise')));
}

function pool(op: string): KerasReader {
  return (call) => {
    const [size = 1] = call.integers('pool_size', 1, [2]);
    const { image, length } = rowOf(call);
    const given: unknown = call.layer.config['strides'] ?? null;
    const step = given === null ? size : (call.integers('strides', 1)[0] ?? size);
    const padding = call.text('padding', 'valid');
    const pads = padding === 'same' ? samePadding(length, size, step, 1) : [0, 0];
    const attrs = { kernel: [1, size], strides: [1, step], pads: [0, pads[0] ?? 0, 0, pads[1] ?? 0] };
    return fromRow(call, call.add(op, [image], attrs, {}, 'pool'));
  };
}

/** Entries of the length repeated, or zeros around it. */
export const sequence: KerasReaders = {
  Conv1D: conv1d,
  Convolution1D: conv1d,
  SeparableConv1D: separable,
  DepthwiseConv1D: (call) =>
    activated(call, fromRow(call, depthwise(call, rowOf(call), 'depthwise_kernel', true))),
  MaxPooling1D: pool('MaxPool'),
  MaxPool1D: pool('MaxPool'),
  AveragePooling1D: pool('AvgPool'),
  AvgPool1D: pool('AvgPool'),

  ZeroPadding1D(call) {
    const [before = 1, after = 1] = call.integers('padding', 2, [1, 1]);
    return call.add('Pad', [call.input()], { pads: [0, before, 0, 0, after, 0], value: 0 });
  },

  UpSampling1D(call) {
    const [factor = 2] = call.integers('size', 1, [2]);
    const { image, length } = rowOf(call);
    const attrs = {
      size: [1, length * factor],
      mode: 'nearest',
      coordinates: 'asymmetric',
      rounding: 'floor',
    };
    return fromRow(call, call.add('Resize', [image], attrs, {}, 'resized'));
  },
};
