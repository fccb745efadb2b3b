import * as tf from '@tensorflow/tfjs-core';
import { Activation } from '../activation.ts';
import { passChannels } from '../coupling/passes.ts';
import type { Node } from '../graph.ts';
import { integersAttr, nodeError, onlyInput, spatialInput } from '../node-reading.ts';
import type { OpSpec } from '../op.ts';

/** Bound on the numbers of the matrix that resizes one direction. */
const MAX_WEIGHTS = 2 ** 26;

/** Where a pixel of the output lies in the input, as ONNX names it. */
const coordinates: Readonly<Record<string, (x: number, from: number, to: number) => number>> = {
  half_pixel: (x, from, to) => ((x + 0.5) * from) / to - 0.5,
  pytorch_half_pixel: (x, from, to) => (to > 1 ? ((x + 0.5) * from) / to - 0.5 : 0),
  asymmetric: (x, from, to) => (x * from) / to,
  align_corners: (x, from, to) => (to > 1 ? (x * (from - 1)) / (to - 1) : 0),
};

/** Which pixel is the nearest one. */
const roundings: Readonly<Record<string, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
};

/**
 * Images of another size. Attributes: `size` [height, width], `mode` ('nearest' or 'linear'), and ONNX's
 * `coordinates` ('half_pixel') and, for nearest, `rounding` ('round_prefer_floor').
 */
export const resize: OpSpec = {
  summary: 'images of another size, nearest or linear',
  neverNegative: (_, inputs) => inputs,

  infer(node, inputs) {
    const [batch, channels, height, width] = spatialInput(node, inputs);
    const size = sizeOf(node);
    settings(node);
    if (Math.max(size[0] * height, size[1] * width) > MAX_WEIGHTS) {
      throw nodeError(node, `makes ${size.join(' x ')} of ${height} x ${width} pixels, which is too much`);
    }
    return [[batch, channels, ...size]];
  },

  couple: (c) => passChannels(c),

  // Both directions are products with matrices of two numbers a row, which have gradients everywhere.
  forward(_, node, inputs) {
    const x = onlyInput(node, inputs).logical();
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const [rows, columns] = sizeOf(node);
    const flat = tf.reshape<tf.Rank.R3>(x, [batch * channels, height, width]);
    const matrix = (from: number, to: number) =>
      tf.tile(tf.tensor3d(resizeWeights(node, from, to), [1, to, from]), [batch * channels, 1, 1]);
    const wide = tf.matMul(flat, matrix(width, columns), false, true);
    const y = tf.matMul(matrix(height, rows), wide);
    return [Activation.of(tf.reshape(y, [batch, channels, rows, columns]))];
  },

  emit(ctx, node, inputs) {
    const input = onlyInput(node, inputs);
    const [, channels = 1] = ctx.shape(input);
    const batch = ctx.node('Shape', [input], { start: 0, end: 1 });
    const sizes = ctx.node('Concat', [...batch, ctx.int64([channels, ...sizeOf(node)])], { axis: 0 });
    const { mode, place, rounding } = settings(node);
    ctx.node(
      'Resize',
      [input, '', '', ...sizes],
      { mode, coordinate_transformation_mode: place, nearest_mode: rounding },
      node.outputs,
    );
  },
};

function sizeOf(node: Node): [number, number] {
  const [height = 0, width = 0] = integersAttr(node, 'size');
  if (height < 1 || width < 1) throw nodeError(node, "needs 'size' as [height, width]");
  return [height, width];
}

function settings(node: Node): { mode: string; place: string; rounding: string } {
  const text = (name: string, fallback: string, known: readonly string[]) => {
    const value = node.attrs[name] ?? fallback;
    if (typeof value === 'string' && known.includes(value)) return value;
    throw nodeError(node, `has '${name}' ${String(value)}; supported are ${known.join(', ')}`);
  };
  return {
    mode: text('mode', 'nearest', ['nearest', 'linear']),
    place: text('coordinates', 'half_pixel', Object.keys(coordinates)),
    rounding: text('rounding', 'round_prefer_floor', Object.keys(roundings)),
  };
}

/** [to, from], row-major, of one direction: how much of each input pixel goes into each output pixel. */
export function resizeWeights(node: Node, from: number, to: number): Float32Array {
  const { mode, place, rounding } = settings(node);
  const matrix = new Float32Array(to * from);
  const clamp = (x: number) => Math.min(Math.max(x, 0), from - 1);
  for (let i = 0; i < to; i++) {
    const x = coordinates[place]?.(i, from, to) ?? 0;
    const add = (at: number, share: number) => {
      const index = i * from + clamp(at);
      matrix[index] = (matrix[index] ?? 0) + share;
    };
    if (mode === 'nearest') add(roundings[rounding]?.(x) ?? 0, 1);
    else {
      const low = Math.floor(x);
      add(low, 1 - (x - low));
      add(low + 1, x - low);
    }
  }
  return matrix;
}
