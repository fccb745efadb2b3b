import type { Node } from '../../../network/graph.ts';
import { flagAttr, integersAttr, onlyInput } from '../../../network/node-reading.ts';
import { hasPads, type Window, windowOf } from '../../../network/window.ts';
import { imageShape } from '../grids.ts';
import type { Vec } from '../kernel.ts';
import { binary, constant } from '../kernel.ts';
import { walk } from '../kernels/walk.ts';
import { compactStrides, type Value } from '../value.ts';
import { copy } from './copy.ts';
import { fill } from './fill.ts';
import type { LowerContext, Lowering } from './lowering.ts';
import { at } from './lowering.ts';

const window = (node: Node): Window => windowOf(node, integersAttr(node, 'kernel'));

/** The input with a border of its own where the window reaches beyond it. */
function padded(context: LowerContext, node: Node, input: Value, by: number): Value {
  const { pads } = window(node);
  if (!hasPads(window(node))) return input;
  const [top, left, bottom, right] = pads;
  const [channels, height, width] = imageShape(node, [1, ...input.shape]);
  const image = context.temporary([channels, height + top + bottom, width + left + right]);
  fill(context, node, image, by);
  const [plane = 0, row = 0] = image.strides;
  copy(context, node, input, {
    ...image,
    offset: image.offset + top * row + left,
    strides: [plane, row, 1],
    shape: input.shape,
  });
  return image;
}

interface Pool {
  readonly what: string;
  readonly border: number;
  readonly from: number;
  readonly take: (so: Vec, x: Vec) => Vec;
  /** What the folded number is multiplied with, for each place; one number, or [height, width]. */
  readonly factor?: (node: Node, input: readonly number[], output: readonly number[]) => Float32Array;
}

function pool({ what, border, from, take, factor }: Pool): Lowering {
  return {
    lower(context, node) {
      const input = context.value(onlyInput(node, node.inputs));
      const to = context.value(node.outputs[0] ?? '');
      const x = padded(context, node, input, border);
      const { kernel, strides } = window(node);
      const [plane = 0, row = 0, column = 0] = x.strides;
      const [, height = 1, width = 1] = to.shape;
      const factors = factor?.(node, input.shape, to.shape);
      const many = factors !== undefined && factors.length > 1;
      const [rowFactor = 0, columnFactor = 0] = many ? compactStrides([height, width]) : [];
      const args = factors === undefined ? [] : [context.floats(factors)];
      const call = walk({
        what,
        dims: to.shape,
        strides: to.strides,
        operands: [
          {
            name: 'x',
            kind: 'read',
            strides: [plane, row * strides[0], column * strides[1]],
            over: [row, column],
          },
          ...(factors === undefined
            ? []
            : [{ name: 'f', kind: 'floats', strides: [0, rowFactor, columnFactor] } as const]),
        ],
        term: (sum = constant(0), _x, by) => (by === undefined ? sum : binary('mul', sum, by)),
        fold: { dims: kernel, from, take: (so, x = constant(0)) => take(so, x) },
      });
      context.call(node, call, [at(to), at(x), ...args]);
    },
  };
}

export const maxPool = pool({
  what: 'max',
  border: -Infinity,
  from: -Infinity,
  take: (so, x) => binary('max', so, x),
});

export const avgPool = pool({
  what: 'mean',
  border: 0,
  from: 0,
  take: (so, x) => binary('add', so, x),
  factor(node, [, height = 1, width = 1], [, rows = 1, columns = 1]) {
    const { kernel, pads } = window(node);
    if (!hasPads(window(node)) || flagAttr(node, 'countIncludePad', false)) {
      return Float32Array.of(1 / (kernel[0] * kernel[1]));
    }
    const down = covered(node, 0, rows, height, pads[0]);
    const across = covered(node, 1, columns, width, pads[1]);
    return Float32Array.from(down.flatMap((y) => across.map((x) => 1 / (y * x))));
  },
});

/** For each place of the window along one axis, how many of its cells lie on the image. */
function covered(node: Node, axis: 0 | 1, places: number, size: number, before: number): number[] {
  const { kernel, strides } = window(node);
  return Array.from({ length: places }, (_, i) => {
    const start = i * strides[axis] - before;
    return Math.min(start + kernel[axis], size) - Math.max(start, 0);
  });
}
