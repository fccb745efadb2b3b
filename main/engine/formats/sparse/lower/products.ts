import { bothInputs, onlyInput } from '../../../network/node-reading.ts';
import { resizeWeights } from '../../../network/ops/resize.ts';
import type { Node } from '../../../network/graph.ts';
import { binary, constant, fma } from '../kernel.ts';
import { walk } from '../kernels/walk.ts';
import type { Value } from '../value.ts';
import { broadcastStrides } from './arithmetic.ts';
import type { LowerContext, Lowering } from './lowering.ts';
import { at } from './lowering.ts';

const zero = constant(0);

/** The product of two values over their last two axes, dense. */
const matMul: Lowering = {
  lower(context, node) {
    const [a, b] = bothInputs(
      node,
      node.inputs.map((name) => context.value(name)),
    );
    const to = context.value(node.outputs[0] ?? '');
    const inner = a.shape.at(-1) ?? 1;
    const [row = 0, along = 0] = a.strides.slice(-2);
    const [down = 0, column = 0] = b.strides.slice(-2);
    const kernel = walk({
      what: 'product',
      dims: to.shape,
      strides: to.strides,
      operands: [
        { name: 'a', kind: 'read', strides: [...a.strides.slice(0, -2), row, 0], over: [along] },
        { name: 'b', kind: 'read', strides: [...b.strides.slice(0, -2), 0, column], over: [down] },
      ],
      term: (sum = zero) => sum,
      fold: { dims: [inner], from: 0, take: (so, x = zero, y = zero) => fma(x, y, so) },
    });
    context.call(node, kernel, [at(to), at(a), at(b)]);
  },
};

/** Both directions are products with matrices of one or two numbers a row. */
const resize: Lowering = {
  lower(context, node) {
    const x = context.value(onlyInput(node, node.inputs));
    const to = context.value(node.outputs[0] ?? '');
    const [channels = 1, height = 1, width = 1] = x.shape;
    const [, rows = 1, columns = 1] = to.shape;
    const wide = context.temporary([channels, height, columns]);
    along(context, node, x, wide, 2, resizeWeights(node, width, columns), width);
    along(context, node, wide, to, 1, resizeWeights(node, height, rows), height);
  },
};

/** One axis of a value multiplied with a matrix [to, from]. */
function along(
  context: LowerContext,
  node: Node,
  x: Value,
  to: Value,
  axis: number,
  matrix: Float32Array,
  from: number,
): void {
  const kernel = walk({
    what: 'product',
    dims: to.shape,
    strides: to.strides,
    operands: [
      {
        name: 'x',
        kind: 'read',
        strides: x.strides.map((stride, i) => (i === axis ? 0 : stride)),
        over: [x.strides[axis] ?? 0],
      },
      { name: 'm', kind: 'floats', strides: to.shape.map((_, i) => (i === axis ? from : 0)), over: [1] },
    ],
    term: (sum = zero) => sum,
    fold: { dims: [from], from: 0, take: (so, a = zero, m = zero) => fma(a, m, so) },
  });
  context.call(node, kernel, [at(to), at(x), context.floats(matrix)]);
}

/** x above zero, a trained multiple of it below. */
const prelu: Lowering = {
  lower(context, node) {
    const [x, to] = [context.value(onlyInput(node, node.inputs)), context.value(node.outputs[0] ?? '')];
    const slope = context.param(node, 'slope') ?? { shape: [], data: new Float32Array() };
    const strides = slope.shape.map((_, i) => slope.shape.slice(i + 1).reduce((size, dim) => size * dim, 1));
    const kernel = walk({
      what: 'prelu',
      dims: to.shape,
      strides: to.strides,
      operands: [
        { name: 'x', kind: 'read', strides: x.strides },
        { name: 'k', kind: 'floats', strides: broadcastStrides({ shape: slope.shape, strides }, to.shape) },
      ],
      term: (a = zero, k = zero) => fma(binary('min', a, zero), k, binary('max', a, zero)),
    });
    context.call(node, kernel, [at(to), at(x), context.floats(slope.data)]);
  },
};

export const products: Readonly<Record<string, Lowering>> = { MatMul: matMul, PRelu: prelu, Resize: resize };
