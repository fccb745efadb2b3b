import type { Call, KerasReader, KerasReaders } from '../call.ts';
import { windowOf } from './padding.ts';

function pool(op: string): KerasReader {
  return (call) => {
    const image = call.image();
    const kernel = call.integers('pool_size', 2, [2, 2]);
    const strides = call.integers('strides', 2, kernel);
    const size = image.shape.slice(2);
    const window = windowOf(call, kernel, size, strides);
    // One window over everything is the mean of each channel.
    const whole = op === 'AvgPool' && kernel.join() === size.join() && window.pads.every((pad) => pad === 0);
    if (whole) return call.add('GlobalAvgPool', [image]);
    return call.add(op, [image], { kernel, ...window });
  };
}

/** Over height and width, which stay as axes of size one only when that is asked for. */
function globalPool(op: string): KerasReader {
  return (call: Call) => {
    const image = call.image();
    const keep = call.flag('keepdims', false);
    if (op !== 'GlobalAvgPool') return call.add(op, [image], { axes: [2, 3], keepdims: keep });
    if (keep) return call.add(op, [image]);
    return call.add('Flatten', [call.add(op, [image], {}, {}, 'pool')]);
  };
}

/** Over the tokens of [batch, tokens, features]. */
function overTokens(op: string): KerasReader {
  return (call) => {
    const input = call.input();
    if (input.shape.length !== 3) throw call.fail(`takes values of rank 3, not ${input.shape.length}`);
    return call.add(op, [input], { axes: [1], keepdims: call.flag('keepdims', false) });
  };
}

export const pooling: KerasReaders = {
  MaxPooling2D: pool('MaxPool'),
  MaxPool2D: pool('MaxPool'),
  AveragePooling2D: pool('AvgPool'),
  AvgPool2D: pool('AvgPool'),
  GlobalAveragePooling2D: globalPool('GlobalAvgPool'),
  GlobalMaxPooling2D: globalPool('ReduceMax'),
  GlobalAveragePooling1D: overTokens('ReduceMean'),
  GlobalMaxPooling1D: overTokens('ReduceMax'),
};
