import type { Network, Node } from '../../../network/graph.ts';
import { countAttr, nodeError, onlyInput, paramShape } from '../../../network/node-reading.ts';
import { type Window, windowOf } from '../../../network/window.ts';
import { imageShape, roundUp } from '../grids.ts';
import type { Value } from '../value.ts';
import { copy } from './copy.ts';
import { fill } from './fill.ts';
import type { SparseRows } from './lists.ts';
import type { LowerContext, Lowering } from './lowering.ts';
import { matrixLayer } from './matrix-layer.ts';
import { stripLayer } from './strip-layer.ts';

/** Taps along one axis: which phase of the input they read, and how far behind the first one's place. */
interface Taps {
  readonly phase: readonly number[];
  readonly shift: readonly number[];
  /** The least and the largest shift. */
  readonly from: number;
  readonly to: number;
}

/** Along one axis: tap k of place i reads what lies at i * stride + k * dilation - pad. */
function tapsOf({ kernel, strides, dilations, pads }: Window, axis: 0 | 1): Taps {
  const stride = strides[axis];
  const reads = Array.from({ length: kernel[axis] }, (_, k) => k * dilations[axis] - pads[axis]);
  const shift = reads.map((place) => Math.floor(place / stride));
  const phase = reads.map((place, k) => place - (shift[k] ?? 0) * stride);
  return { phase, shift, from: Math.min(...shift), to: Math.max(...shift) };
}

const windowIn = (node: Node, network: Network): Window =>
  windowOf(node, (paramShape(node, network, 'weight') ?? []).slice(2));

/** A single pixel: then it is a matrix. */
const isMatrix = (node: Node, shape: readonly number[], window: Window): boolean =>
  countAttr(node, 'group', 1) === 1 &&
  shape.slice(2).every((size) => size === 1) &&
  [...window.kernel, ...window.strides].every((size) => size === 1) &&
  window.pads.every((pad) => pad === 0);

export const conv: Lowering = {
  fuses: true,

  grids(grids, node, network) {
    const input = onlyInput(node, node.inputs);
    const [output = ''] = node.outputs;
    const window = windowIn(node, network);
    const shape = grids.shape(input);
    if (isMatrix(node, shape, window)) return;
    const [top, left, bottom, right] = window.pads;
    if (window.strides.every((stride) => stride === 1)) {
      grids.tie(input, output);
      grids.border(input, { top, left, bottom, right });
      return;
    }
    const { from, to } = tapsOf(window, 1);
    grids.border(output, { top: 0, left: 0, bottom: 0, right: 0 });
    grids.row(output, (grids.shape(output)[3] ?? 0) + to - from);
  },

  lower(context, node) {
    const input = context.value(onlyInput(node, node.inputs));
    const weight = context.param(node, 'weight');
    if (weight === undefined) throw nodeError(node, 'has no weight');
    const bias = context.param(node, 'bias')?.data;
    const window = windowOf(node, weight.shape.slice(2));
    if (isMatrix(node, [1, ...input.shape], window)) {
      matrixLayer(context, node, { input, weight, bias, vectors: 1 });
      return;
    }
    const strided = window.strides.some((stride) => stride > 1);
    const { image, start, place } = strided ? phases(context, node, input, window) : asItLies(input, window);
    const taps = tapsIn(weight, countAttr(node, 'group', 1), place);
    stripLayer(context, node, { input: image, start, ...taps, bias, weights: weight.data.length });
  },
};

/** An input as strips read it: where a tap of a channel lies behind the start. */
interface Strips {
  readonly image: Value;
  readonly start: number;
  readonly place: (channel: number, y: number, x: number) => number;
}

function asItLies(input: Value, { dilations, pads }: Window): Strips {
  const [plane = 0, row = 0] = input.strides;
  const [top, left] = pads;
  return {
    image: input,
    start: -(top * row + left),
    place: (channel, y, x) => channel * plane + y * dilations[0] * row + x * dilations[1],
  };
}

/**
 * The input cut into its phases, every stride-th row and column, each a plane of its own with the zeros around it in place: over
 * these the convolution has stride 1.
 */
function phases(context: LowerContext, node: Node, input: Value, window: Window): Strips {
  const { output } = context.tail(node);
  const out = context.value(output).planes;
  const [channels, height, width] = imageShape(node, [1, ...input.shape]);
  if (out === undefined) throw nodeError(node, 'makes no images');
  const [vertical, horizontal] = [tapsOf(window, 0), tapsOf(window, 1)];
  const used = [...new Set(vertical.phase)].flatMap((y) =>
    [...new Set(horizontal.phase)].map((x) => [y, x] as const),
  );
  const [strideY, strideX] = window.strides;
  const size = [
    out.height + vertical.to - vertical.from,
    out.width + horizontal.to - horizontal.from,
  ] as const;
  const plane = roundUp(size[0] * out.row, context.tuning.lanes);
  const image = context.image({
    channels: channels * used.length,
    ...{ height: size[0], width: size[1], row: out.row, plane, head: 0, tail: 16, bordered: false },
  });
  const along = (taps: Taps, phase: number, stride: number, length: number, room: number) => {
    const from = -taps.from;
    return { from, count: Math.min(room, Math.floor((length - 1 - phase) / stride) + from + 1) - from };
  };
  const parts = used.map(([y, x], i) => ({
    i,
    ...{ y, x },
    rows: along(vertical, y, strideY, height, size[0]),
    columns: along(horizontal, x, strideX, width, size[1]),
  }));
  if (parts.some(({ rows, columns }) => rows.count < size[0] || columns.count < size[1])) {
    fill(context, node, image, 0);
  }
  const [fromPlane = 0, fromRow = 0] = input.strides;
  for (const { i, y, x, rows, columns } of parts) {
    if (rows.count < 1 || columns.count < 1) continue;
    const shape = [channels, rows.count, columns.count];
    copy(
      context,
      node,
      {
        buffer: input.buffer,
        offset: input.offset + y * fromRow + x,
        shape,
        strides: [fromPlane, strideY * fromRow, strideX],
      },
      {
        buffer: image.buffer,
        offset: image.offset + i * plane + rows.from * out.row + columns.from,
        shape,
        strides: [used.length * plane, out.row, 1],
      },
    );
  }
  return {
    image,
    start: 0,
    place(channel, y, x) {
      const phase = used.findIndex(([py, px]) => py === vertical.phase[y] && px === horizontal.phase[x]);
      const [dy, dx] = [
        (vertical.shift[y] ?? 0) - vertical.from,
        (horizontal.shift[x] ?? 0) - horizontal.from,
      ];
      return (channel * used.length + phase) * plane + dy * out.row + dx;
    },
  };
}

/** The weights of each output channel that are not zero, where their inputs lie, and all places where they may. */
export function tapsIn(
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
  group: number,
  place: Strips['place'],
): { readonly rows: SparseRows; readonly positions: readonly number[] } {
  const [out = 0, each = 0, height = 1, width = 1] = shape;
  const size = each * height * width;
  const positionOf = (channel: number, i: number) =>
    place(channel + Math.floor(i / (width * height)), Math.floor(i / width) % height, i % width);
  const rows = Array.from({ length: out }, (_, o) => {
    const first = Math.floor(o / (out / group)) * each;
    const row: [number, number][] = [];
    for (let i = 0; i < size; i++) {
      const weight = data[o * size + i] ?? 0;
      if (weight !== 0) row.push([positionOf(first, i), weight]);
    }
    return row.sort(([a], [b]) => a - b);
  });
  const positions = Array.from({ length: size * group }, (_, i) => positionOf(0, i)).sort((a, b) => a - b);
  return { rows, positions };
}
