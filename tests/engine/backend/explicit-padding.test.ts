import '@tensorflow/tfjs-backend-cpu';
import '../../../main/engine/gradients/index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { allowExplicitPadding } from '../../../main/engine/backend/explicit-padding.ts';

const PADS: [[number, number], [number, number], [number, number], [number, number]] = [
  [0, 0],
  [1, 0],
  [0, 2],
  [0, 0],
];

/** Value and gradients of a convolution of each kind and a maximum, all with uneven paddings. */
function results(): number[][] {
  return tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 6, 5, 3], 0, 1, 'float32', 1);
    const full = tf.randomNormal<tf.Rank.R4>([3, 2, 3, 4], 0, 1, 'float32', 2);
    const depthwise = tf.randomNormal<tf.Rank.R4>([3, 3, 3, 2], 0, 1, 'float32', 3);
    const loss = (image: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Scalar => {
      const input = image as tf.Tensor4D;
      const y = tf.conv2d(input, a as tf.Tensor4D, [2, 1], PADS);
      const z = tf.depthwiseConv2d(input, b as tf.Tensor4D, 2, PADS);
      // Negative values: a padding of zeros would win.
      const top = tf.maxPool(tf.sub<tf.Tensor4D>(input, 5), [3, 2], 2, PADS);
      return tf.addN([y, z, top].map((each) => tf.sum(tf.square(each))));
    };
    const { value, grads } = tf.valueAndGrads(loss)([x, full, depthwise]);
    return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
  });
}

beforeAll(() => {
  // Otherwise tfjs prints an advertisement for its native packages.
  tf.enableProdMode();
  return tf.setBackend('cpu');
});

it("computes what kernels compute that know explicit paddings, as tfjs's cpu backend's do", () => {
  const expected = results();
  const [known, kernel] = ['Conv2D', 'MaxPool'].map((name) => tf.getKernel(name, 'cpu').kernelFunc);
  allowExplicitPadding('cpu');
  expect(tf.getKernel('Conv2D', 'cpu').kernelFunc).toBe(known);
  expect(tf.getKernel('MaxPool', 'cpu').kernelFunc).not.toBe(kernel);
  const before = tf.memory().numTensors;
  const actual = results();
  expect(tf.memory().numTensors).toBe(before);
  actual.forEach((values, i) => {
    expect(values).toHaveLength(expected[i]?.length ?? NaN);
    values.forEach((value, j) => expect(value).toBeCloseTo(expected[i]?.[j] ?? NaN, 3));
  });
  const wrapped = tf.getKernel('MaxPool', 'cpu').kernelFunc;
  allowExplicitPadding('cpu');
  expect(tf.getKernel('MaxPool', 'cpu').kernelFunc).toBe(wrapped);
});
