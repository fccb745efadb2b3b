import type { Node } from '../../../../network/graph.ts';
import { type Window, windowOf } from '../../../../network/window.ts';
import { samePadding } from '../../same-padding.ts';
import type { LayerValue } from '../layer.ts';
import type { LayersWriter } from '../writer.ts';

/** A window of a layer: how Keras pads for it, and what it then reads. */
export interface KerasWindow {
  readonly window: Window;
  readonly padding: 'same' | 'valid';
  readonly input: LayerValue;
}

type Sides = readonly [top: number, left: number, bottom: number, right: number];

export const pairs = ([top, left, bottom, right]: Sides) => [
  [top, bottom],
  [left, right],
];

/**
 * The window of a node, by 'same' or 'valid' padding where these add what the node does, else behind zeros of its own.
 * @param refuseZeros why zeros would be something else than the node's padding
 * @param refuseSame whether 'same' padding would be
 */
export function kerasWindow(
  writer: LayersWriter,
  node: Node,
  input: LayerValue,
  kernel: readonly number[],
  { refuseZeros, refuseSame = false }: { refuseZeros?: string | undefined; refuseSame?: boolean } = {},
): KerasWindow {
  const window = windowOf(node, kernel);
  const { pads } = window;
  if (pads.every((pad) => pad === 0)) return { window, padding: 'valid', input };
  if (!refuseSame && paddedAsSame(window, writer.shape(node.inputs[0] ?? ''))) {
    return { window, padding: 'same', input };
  }
  if (refuseZeros !== undefined) throw writer.refuse(node, refuseZeros);
  return {
    window,
    padding: 'valid',
    input: writer.layer('ZeroPadding2D', { padding: pairs(pads) }, [input], [], 'pad'),
  };
}

/** Whether a window's pads are those of TensorFlow's padding 'same', for images of [batch, channels, height, width]. */
export function paddedAsSame(
  { kernel, strides, dilations, pads: [top, left, bottom, right] }: Window,
  [, , height = 1, width = 1]: readonly number[],
): boolean {
  const rows = samePadding(height, kernel[0], strides[0], dilations[0]);
  const columns = samePadding(width, kernel[1], strides[1], dilations[1]);
  return rows.join() === [top, bottom].join() && columns.join() === [left, right].join();
}
