import type { Call } from '../call.ts';
import { samePadding } from '../same-padding.ts';

/** How a window moves, with padding worked out as TensorFlow does. */
export interface KerasWindow {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** [top, left, bottom, right]. */
  readonly pads: readonly [number, number, number, number];
}

/** Reads strides, dilations and 'same' or 'valid' padding for an image of this size. */
export function windowOf(
  call: Call,
  kernel: readonly number[],
  size: readonly number[],
  strides: readonly number[],
): KerasWindow {
  const dilations = call.integers(
    'dilation_rate',
    kernel.length,
    kernel.map(() => 1),
  );
  const padding = call.text('padding', 'valid');
  if (padding !== 'same' && padding !== 'valid') throw call.fail(`has the padding '${padding}'`);
  const pads = kernel.map((length, axis): [number, number] => {
    if (padding === 'valid') return [0, 0];
    return samePadding(size[axis] ?? 1, length, strides[axis] ?? 1, dilations[axis] ?? 1);
  });
  const [[top, bottom] = [0, 0], [left, right] = [0, 0]] = pads;
  return {
    strides: [strides[0] ?? 1, strides[1] ?? 1],
    dilations: [dilations[0] ?? 1, dilations[1] ?? 1],
    pads: [top, left, bottom, right],
  };
}
