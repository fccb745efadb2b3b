import * as tf from '@tensorflow/tfjs-core';
import type { Node } from './graph.ts';
import { integersAttr, nodeError } from './node-reading.ts';

type Pair = [number, number];

/** How the kernel of a convolution or a pooling moves over height and width. */
export interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Rows or columns added at [top, left, bottom, right]. */
  readonly pads: readonly [number, number, number, number];
}

/** Padding as tfjs takes it: per axis of [batch, height, width, channels]. */
export type TfPadding = 'valid' | [Pair, Pair, Pair, Pair];

/** Reads `strides`, `pads` and `dilations` (all optional, as in ONNX) and checks them. */
export function windowOf(node: Node, kernel: readonly number[]): Window {
  const [top = 0, left = 0, bottom = 0, right = 0, ...more] = integersAttr(node, 'pads', [0, 0, 0, 0]);
  if (more.length > 0 || Math.min(top, left, bottom, right) < 0) {
    throw nodeError(node, "needs 'pads' of the form [top, left, bottom, right], none negative");
  }
  return {
    kernel: pair(node, 'kernel', kernel),
    strides: pair(node, 'strides', integersAttr(node, 'strides', [1, 1])),
    dilations: pair(node, 'dilations', integersAttr(node, 'dilations', [1, 1])),
    pads: [top, left, bottom, right],
  };
}

function pair(node: Node, what: string, values: readonly number[]): Pair {
  const [height, width] = values;
  if (height === undefined || width === undefined || values.length !== 2 || height < 1 || width < 1) {
    throw nodeError(node, `needs '${what}' as [height, width], both positive, not [${values.join(', ')}]`);
  }
  return [height, width];
}

/** Rows and columns that the kernel spans, its gaps included. */
export function extentOf({ kernel, dilations }: Window): Pair {
  return [(kernel[0] - 1) * dilations[0] + 1, (kernel[1] - 1) * dilations[1] + 1];
}

/**
 * A filter [h, w, in, out] with its gaps as zeros: tfjs has no gradient for dilated convolutions, and zeros between the taps
 * say the same.
 */
export function spread(filter: tf.Tensor4D, [dh, dw]: readonly [number, number]): tf.Tensor4D {
  if (dh === 1 && dw === 1) return filter;
  const [h, w, ins, outs] = filter.shape;
  const spaced = tf.pad(tf.reshape(filter, [h, 1, w, 1, ins * outs]), [
    [0, 0],
    [0, dh - 1],
    [0, 0],
    [0, dw - 1],
    [0, 0],
  ]);
  const gapped = tf.reshape(spaced, [h * dh, w * dw, ins, outs]);
  return tf.slice(gapped, [0, 0, 0, 0], [(h - 1) * dh + 1, (w - 1) * dw + 1, ins, outs]) as tf.Tensor4D;
}

/** Height and width of the output: floor((size + pads - extent) / stride) + 1. */
export function windowOutput(node: Node, window: Window, height: number, width: number): Pair {
  const [top, left, bottom, right] = window.pads;
  const extent = extentOf(window);
  const size = (axis: 0 | 1, padded: number) =>
    Math.floor((padded - extent[axis]) / window.strides[axis]) + 1;
  const out: Pair = [size(0, height + top + bottom), size(1, width + left + right)];
  if (out[0] < 1 || out[1] < 1) {
    throw nodeError(
      node,
      `has a window of ${window.kernel.join('x')} that does not fit into ${height}x${width} pixels`,
      'Use a larger input or fewer layers that shrink it.',
    );
  }
  return out;
}

/** For each tap of the kernel, row by row, at what share of the places it lies on the input and not on what is padded. */
export function tapsInside(node: Node, window: Window, height: number, width: number): number[] {
  const places = windowOutput(node, window, height, width);
  const inside = (axis: 0 | 1, size: number) =>
    Array.from({ length: window.kernel[axis] }, (_tap, tap) => {
      const at = (place: number) =>
        place * window.strides[axis] + tap * window.dilations[axis] - window.pads[axis];
      const hits = Array.from({ length: places[axis] }, (_, place) => at(place) >= 0 && at(place) < size);
      return hits.filter(Boolean).length / places[axis];
    });
  const columns = inside(1, width);
  return inside(0, height).flatMap((row) => columns.map((column) => row * column));
}

export function hasPads(window: Window): boolean {
  return window.pads.some((pad) => pad > 0);
}

export function tfPadding(window: Window): TfPadding {
  const [top, left, bottom, right] = window.pads;
  return hasPads(window)
    ? [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]
    : 'valid';
}

/** The attributes of an ONNX Conv or pooling node. */
export function onnxWindow(window: Window): Record<string, readonly number[]> {
  return {
    kernel_shape: window.kernel,
    strides: window.strides,
    pads: window.pads,
    dilations: window.dilations,
  };
}
