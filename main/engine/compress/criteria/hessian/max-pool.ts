import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../../../network/activation.ts';
import { integersAttr } from '../../../network/node-reading.ts';
import { windowOf, type Window } from '../../../network/window.ts';
import type { Dual, TangentRule } from './tangent.ts';

const NEVER_LARGEST = -3e38;

/** The tangent of each window's largest element; among equal ones the first, as the gradient has it. */
export const maxPoolTangent: TangentRule = ({ node, given, output }) => {
  const [{ value, tangent }] = given as [Dual];
  if (tangent === undefined) return undefined;
  const window = windowOf(node, integersAttr(node, 'kernel'));
  const y = output.spatial();
  const xs = windowParts(value.spatial(), window, y.shape, NEVER_LARGEST);
  const ts = windowParts(tangent.spatial(), window, y.shape, 0);
  let free: tf.Tensor = tf.onesLike(y);
  let sum: tf.Tensor = tf.zerosLike(y);
  xs.forEach((x, i) => {
    // No element is larger than y; step functions are flat, so that no gradient flows through the choice.
    const chosen = tf.mul(free, tf.sub(1, tf.step(tf.sub(y, x))));
    sum = tf.add(sum, tf.mul(chosen, ts[i] as tf.Tensor));
    free = tf.sub(free, chosen);
  });
  return Activation.channelsLast(sum as tf.Tensor4D);
};

/** For every place in the window, that element of each window: tensors of the output's shape. */
function windowParts(
  x: tf.Tensor4D,
  { kernel, strides, pads }: Window,
  [batch, rows, columns, channels]: readonly [number, number, number, number],
  padding: number,
): tf.Tensor[] {
  const [top, left] = pads;
  const [down, right] = strides;
  // Enough to cut rows * down rows from any place of the window.
  const height = kernel[0] - 1 + rows * down;
  const width = kernel[1] - 1 + columns * right;
  const padded = tf.pad(
    x,
    [[0, 0], [top, Math.max(0, height - top - x.shape[1])], [left, Math.max(0, width - left - x.shape[2])], [0, 0]],
    padding,
  ); // prettier-ignore
  const parts: tf.Tensor[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const cut = tf.slice(padded, [0, i, j, 0], [batch, rows * down, columns * right, channels]);
      const everyRow = tf.slice(
        tf.reshape(cut, [batch * rows, down, columns * right, channels]),
        [0, 0, 0, 0],
        [batch * rows, 1, columns * right, channels],
      );
      const everyColumn = tf.slice(
        tf.reshape(everyRow, [batch * rows, columns, right, channels]),
        [0, 0, 0, 0],
        [batch * rows, columns, 1, channels],
      );
      parts.push(tf.reshape(everyColumn, [batch, rows, columns, channels]));
    }
  }
  return parts;
}
