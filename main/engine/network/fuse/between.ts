import type { Node } from '../graph.ts';
import { integersAttr } from '../node-reading.ts';
import { opName, type OpName } from '../ops/index.ts';
import { extentOf, windowOf, type Window } from '../window.ts';

/** Layers that change every number by itself, or a channel's numbers alike. */
const POINTWISE: ReadonlySet<OpName> = new Set<OpName>([
  'Abs',
  'BatchNorm',
  'Clip',
  'Dropout',
  'Elu',
  'Erf',
  'Exp',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'Identity',
  'LeakyRelu',
  'Mish',
  'Neg',
  'PRelu',
  'Relu',
  'Selu',
  'Sigmoid',
  'Silu',
  'Softplus',
  'Softsign',
  'Tanh',
]);

const POOLS: ReadonlySet<OpName> = new Set<OpName>(['AvgPool', 'GlobalAvgPool', 'MaxPool']);
const REARRANGES: ReadonlySet<OpName> = new Set<OpName>(['Flatten', 'Reshape', 'Transpose']);

/** What a layer between two affine ones does to the places of a signal; undefined for a layer across which nothing is fused. */
export function passOf(node: Node): 'pointwise' | 'pools' | 'rearranges' | undefined {
  const op = opName(node);
  if (node.inputs.length !== 1 || node.outputs.length !== 1) return undefined;
  if (POINTWISE.has(op)) return 'pointwise';
  if (POOLS.has(op)) return 'pools';
  return REARRANGES.has(op) ? 'rearranges' : undefined;
}

/** What of its input one place of an output reads: a window without gaps. */
export type Reach = Pick<Window, 'kernel' | 'strides' | 'pads'>;

/** A window's reach; gaps between its taps are part of it. */
export function reachOf(window: Window): Reach {
  const { strides, pads } = window;
  return { kernel: extentOf(window), strides, pads };
}

/** The reach of a pooling over [height, width]. */
export function poolReach(node: Node, [height = 1, width = 1]: readonly number[]): Reach {
  if (opName(node) !== 'GlobalAvgPool') return reachOf(windowOf(node, integersAttr(node, 'kernel')));
  return { kernel: [height, width], strides: [height, width], pads: [0, 0, 0, 0] };
}

/**
 * What a window reads of the input of the window before it: k = k1 + s1 (k2 - 1), s = s1 s2, P = P1 + s1 P2. It has as many places
 * as the second window had.
 */
export function composed(first: Reach, second: Reach): Reach {
  const [rows, columns] = first.strides;
  const [top, left, bottom, right] = first.pads;
  const [moreTop, moreLeft, moreBottom, moreRight] = second.pads;
  return {
    kernel: [
      first.kernel[0] + rows * (second.kernel[0] - 1),
      first.kernel[1] + columns * (second.kernel[1] - 1),
    ],
    strides: [rows * second.strides[0], columns * second.strides[1]],
    pads: [
      top + rows * moreTop,
      left + columns * moreLeft,
      bottom + rows * moreBottom,
      right + columns * moreRight,
    ],
  };
}
