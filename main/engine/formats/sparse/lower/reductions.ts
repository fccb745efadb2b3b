import type { Node } from '../../../network/graph.ts';
import {
  axisAttr,
  axisOf,
  countAttr,
  flagAttr,
  integersAttr,
  numberAttr,
  onlyInput,
} from '../../../network/node-reading.ts';
import { sizeOf } from '../../../network/graph.ts';
import type { Vec } from '../kernel.ts';
import { binary, constant, fma, unary } from '../kernel.ts';
import type { Operand } from '../kernels/walk.ts';
import { walk } from '../kernels/walk.ts';
import { compactStrides, type Value } from '../value.ts';
import type { LowerContext, Lowering } from './lowering.ts';
import { at } from './lowering.ts';

const zero = constant(0);

/** Axes of a sample that an attribute names, counting the batch as axis 0. */
const sampleAxes = (node: Node, rank: number): number[] =>
  integersAttr(node, 'axes').map((axis) => axisOf(node, axis, rank + 1) - 1);

/** Strides of a value for the axes that stay (of the gone ones 0), and for those that are folded. */
function split({ strides, shape }: Value, gone: readonly number[]) {
  return {
    dims: gone.map((axis) => shape[axis] ?? 1),
    over: gone.map((axis) => strides[axis] ?? 0),
    stay: strides.map((stride, axis) => (gone.includes(axis) ? 0 : stride)),
  };
}

/** One number for each index of the axes that stay, in room of its own: axes that are folded have the size 1. */
function folded(
  context: LowerContext,
  node: Node,
  x: Value,
  gone: readonly number[],
  how: {
    what: string;
    from: number;
    take: (so: Vec, x: Vec, other: Vec) => Vec;
    term: (sum: Vec) => Vec;
    other?: Value;
  },
): Value {
  const shape = x.shape.map((size, axis) => (gone.includes(axis) ? 1 : size));
  const to = context.temporary(shape);
  foldInto(context, node, x, gone, to.strides, to, how);
  return to;
}

function foldInto(
  context: LowerContext,
  node: Node,
  x: Value,
  gone: readonly number[],
  strides: readonly number[],
  to: Value,
  { what, from, take, term, other }: Parameters<typeof folded>[4],
): void {
  const { dims, over, stay } = split(x, gone);
  const operands: Operand[] = [{ name: 'x', kind: 'read', strides: stay, over }];
  if (other !== undefined) {
    const same = other.strides.map((stride, axis) => (other.shape[axis] === 1 ? 0 : stride));
    operands.push({ name: 'z', kind: 'read', strides: same });
  }
  const kernel = walk({
    what,
    dims: x.shape.map((size, axis) => (gone.includes(axis) ? 1 : size)),
    strides,
    operands,
    term: (sum = zero) => term(sum),
    fold: { dims, from, take: (so, a = zero, b = zero) => take(so, a, b) },
  });
  context.call(node, kernel, [at(to), at(x), ...(other === undefined ? [] : [at(other)])]);
}

/** A number for each index from numbers of the same index, or of an axis of one. */
function combined(
  context: LowerContext,
  node: Node,
  to: Value,
  values: readonly Value[],
  what: string,
  term: (...operands: Vec[]) => Vec,
  constants: readonly { data: Float32Array; strides: readonly number[] }[] = [],
): void {
  const operands = [
    ...values.map(({ shape, strides }, i): Operand => ({
      name: `x${i}`,
      kind: 'read',
      strides: strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride)),
    })),
    ...constants.map(({ strides }, i): Operand => ({ name: `k${i}`, kind: 'floats', strides })),
  ];
  const kernel = walk({ what, dims: to.shape, strides: to.strides, operands, term });
  context.call(node, kernel, [
    at(to),
    ...values.map((value) => at(value)),
    ...constants.map(({ data }) => context.floats(data)),
  ]);
}

const SUM = { from: 0, take: (so: Vec, x: Vec) => binary('add', so, x) };
const MAX = { from: -Infinity, take: (so: Vec, x: Vec) => binary('max', so, x) };

function reduction(what: string, how: typeof SUM, term: (sum: Vec, count: number) => Vec): Lowering {
  return {
    lower(context, node) {
      const x = context.value(onlyInput(node, node.inputs));
      const to = context.value(node.outputs[0] ?? '');
      const gone = node.op === 'GlobalAvgPool' ? [1, 2] : sampleAxes(node, x.shape.length);
      const keep = node.op === 'GlobalAvgPool' || flagAttr(node, 'keepdims', true);
      const count = sizeOf(gone.map((axis) => x.shape[axis] ?? 1));
      // Without its folded axes the result has fewer strides.
      const left = x.shape.flatMap((_, axis) => (gone.includes(axis) ? [] : [axis]));
      const strides = x.shape.map((_, axis) =>
        keep ? (to.strides[axis] ?? 0) : (to.strides[left.indexOf(axis)] ?? 0),
      );
      foldInto(context, node, x, gone, strides, to, {
        what: `${what}_${count}`,
        ...how,
        term: (sum) => term(sum, count),
      });
    },
  };
}

const mean = (sum: Vec, count: number) => binary('mul', sum, constant(1 / count));

/** Softmax: e^(x - the largest), over its sum. */
function softmax(logarithm: boolean): Lowering {
  return {
    lower(context, node) {
      const x = context.value(onlyInput(node, node.inputs));
      const to = context.value(node.outputs[0] ?? '');
      const axes = [axisAttr(node, 'axis', x.shape.length + 1, -1) - 1];
      const largest = folded(context, node, x, axes, { what: 'largest', ...MAX, term: (sum) => sum });
      const sums = folded(context, node, x, axes, {
        what: 'sum_exp',
        from: 0,
        take: (so, value, most) => binary('add', so, unary('exp', binary('sub', value, most))),
        term: (sum) => (logarithm ? unary('log', sum) : sum),
        other: largest,
      });
      combined(
        context,
        node,
        to,
        [x, largest, sums],
        logarithm ? 'log_softmax' : 'softmax',
        (a = zero, b = zero, c = zero) => {
          const below = binary('sub', a, b);
          return logarithm ? binary('sub', below, c) : binary('div', unary('exp', below), c);
        },
      );
    },
  };
}

/** Mean 0 and variance 1 over some axes, then a scale and a shift. */
function normalized(
  context: LowerContext,
  node: Node,
  x: Value,
  to: Value,
  axes: readonly number[],
  params: { scale: readonly number[]; shift: readonly number[] },
): void {
  const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
  const means = folded(context, node, x, axes, {
    what: `mean_${count}`,
    ...SUM,
    term: (sum) => mean(sum, count),
  });
  const epsilon = numberAttr(node, 'epsilon', 1e-5);
  const deviations = folded(context, node, x, axes, {
    what: `deviation_${count}_${epsilon}`,
    from: 0,
    take(so, value, middle) {
      const apart = binary('sub', value, middle);
      return fma(apart, apart, so);
    },
    term: (sum) => unary('sqrt', binary('add', mean(sum, count), constant(epsilon))),
    other: means,
  });
  const [scale, shift] = (['scale', 'shift'] as const).map((role) => {
    const given = context.param(node, role);
    return given === undefined ? [] : [{ data: given.data, strides: params[role] }];
  });
  combined(
    context,
    node,
    to,
    [x, means, deviations],
    shift?.length === 0 ? 'normal' : 'normal_shift',
    (a = zero, b = zero, c = zero, k = constant(1), d = zero) =>
      fma(binary('div', binary('sub', a, b), c), k, d),
    [...(scale ?? []), ...(shift ?? [])],
  );
}

const layerNorm: Lowering = {
  lower(context, node) {
    const x = context.value(onlyInput(node, node.inputs));
    const to = context.value(node.outputs[0] ?? '');
    const first = axisAttr(node, 'axis', x.shape.length + 1, -1) - 1;
    const axes = x.shape.flatMap((_, axis) => (axis < first ? [] : [axis]));
    const inner = compactStrides(x.shape.slice(first));
    const strides = x.shape.map((_, axis) => (axis < first ? 0 : (inner[axis - first] ?? 0)));
    normalized(context, node, x, to, axes, { scale: strides, shift: strides });
  },
};

const groupNorm: Lowering = {
  lower(context, node) {
    const [x, to] = [context.value(onlyInput(node, node.inputs)), context.value(node.outputs[0] ?? '')];
    const groups = countAttr(node, 'groups');
    const apart = (value: Value): Value => {
      const [channels = 1, ...inner] = value.shape;
      const [stride = 0, ...more] = value.strides;
      const each = channels / groups;
      return { ...value, shape: [groups, each, ...inner], strides: [stride * each, stride, ...more] };
    };
    const [from, result] = [apart(x), apart(to)];
    const axes = from.shape.flatMap((_, axis) => (axis === 0 ? [] : [axis]));
    const strides = [from.shape[1] ?? 1, 1, ...x.shape.slice(1).map(() => 0)];
    normalized(context, node, from, result, axes, { scale: strides, shift: strides });
  },
};

/** Batch normalisation that no layer before it could take in: a scale and a shift for each channel. */
const batchNorm: Lowering = {
  lower(context, node) {
    const [x, to] = [context.value(onlyInput(node, node.inputs)), context.value(node.outputs[0] ?? '')];
    const values = (role: string) => context.param(node, role)?.data ?? new Float32Array();
    const [scale, shift, average, variance] = ['scale', 'shift', 'mean', 'variance'].map(values);
    const epsilon = numberAttr(node, 'epsilon', 1e-5);
    const factor = Float32Array.from(
      scale ?? [],
      (value, i) => value / Math.sqrt((variance?.[i] ?? 1) + epsilon),
    );
    const offset = Float32Array.from(
      shift ?? [],
      (value, i) => value - (average?.[i] ?? 0) * (factor[i] ?? 1),
    );
    const strides = x.shape.map((_, axis) => (axis === 0 ? 1 : 0));
    combined(context, node, to, [x], 'scale', (a = zero, k = zero, d = zero) => fma(a, k, d), [
      { data: factor, strides },
      { data: offset, strides },
    ]);
  },
};

/** x over (bias + alpha / size * squares of neighbouring channels) ^ beta. */
const lrn: Lowering = {
  lower(context, node) {
    const [x, to] = [context.value(onlyInput(node, node.inputs)), context.value(node.outputs[0] ?? '')];
    const [channels = 1, height = 1, width = 1] = x.shape;
    const [size, alpha, beta, bias] = [
      countAttr(node, 'size'),
      numberAttr(node, 'alpha', 1e-4),
      numberAttr(node, 'beta', 0.75),
      numberAttr(node, 'bias', 1),
    ];
    const before = Math.floor((size - 1) / 2);
    const squares = context.temporary([channels + size - 1, height, width]);
    const [plane = 0] = squares.strides;
    combined(context, node, squares, [], 'zero', () => zero);
    const inside = { ...squares, offset: squares.offset + before * plane, shape: x.shape };
    combined(context, node, inside, [x], 'square', (a = zero) => binary('mul', a, a));
    const sums = context.temporary(x.shape);
    const kernel = walk({
      what: `lrn_${alpha}_${size}_${bias}`,
      dims: sums.shape,
      strides: sums.strides,
      operands: [{ name: 'x', kind: 'read', strides: squares.strides, over: [plane] }],
      term: (sum = zero) => fma(sum, constant(alpha / size), constant(bias)),
      fold: { dims: [size], from: 0, take: (so, a = zero) => binary('add', so, a) },
    });
    context.call(node, kernel, [at(sums), at(squares)]);
    combined(context, node, to, [x, sums], `lrn_${beta}`, (a = zero, b = zero) =>
      binary('mul', a, unary('exp', binary('mul', unary('log', b), constant(-beta)))),
    );
  },
};

export const reductions: Readonly<Record<string, Lowering>> = {
  BatchNorm: batchNorm,
  GlobalAvgPool: reduction('mean', SUM, mean),
  GroupNorm: groupNorm,
  LayerNorm: layerNorm,
  LogSoftmax: softmax(true),
  LRN: lrn,
  ReduceMax: reduction('largest', MAX, (sum) => sum),
  ReduceMean: reduction('mean', SUM, mean),
  ReduceSum: reduction('sum', SUM, (sum) => sum),
  Softmax: softmax(false),
};
