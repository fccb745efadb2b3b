import { sizeOf } from '../../../network/graph.ts';
import { axisAttr, numberAttr } from '../../../network/node-reading.ts';
import { padsOf } from '../../../network/ops/pad.ts';
import { cutsOf } from '../../../network/ops/slice.ts';
import { permutationOf } from '../../../network/ops/transpose.ts';
import { needed, type FlowRule, type Passed } from './rule.ts';
import { gather, places, scatter, stridesOf } from './strided.ts';

/** Axes in another order. */
export const transpose: FlowRule = (node, inputs, shape) => {
  const x = needed(inputs[0]);
  const strides = stridesOf(x.shape);
  const perm = permutationOf(node, x.shape.length);
  return taken(
    x.data,
    places(
      shape,
      perm.map((axis) => strides[axis] ?? 0),
    ),
  );
};

/** A regular part of a value. */
export const slice: FlowRule = (node, inputs, shape) => {
  const x = needed(inputs[0]);
  const strides = stridesOf(x.shape);
  let start = 0;
  for (const cut of cutsOf(node, x.shape)) {
    const stride = strides[cut.axis] ?? 0;
    start += cut.start * stride;
    strides[cut.axis] = cut.step * stride;
  }
  return taken(x.data, places(shape, strides, start));
};

/** A constant border: what is added, like a bias. */
export const pad: FlowRule = (node, inputs, shape, params) => {
  const x = needed(inputs[0]);
  const strides = stridesOf(shape);
  const start = padsOf(node, shape.length).reduce(
    (sum, [before], axis) => sum + before * (strides[axis] ?? 0),
    0,
  );
  const to = places(x.shape, strides, start);
  const data = new Float64Array(sizeOf(shape)).fill(params.addedNumber(numberAttr(node, 'value', 0)));
  to.forEach((place, i) => (data[place] = x.data[i] as number));
  return { data, back: (slopes) => [gather(slopes, to)] };
};

/** Values one after the other along an axis. */
export const concat: FlowRule = (node, inputs, shape) => {
  const axis = axisAttr(node, 'axis', shape.length, 1);
  const strides = stridesOf(shape);
  const data = new Float64Array(sizeOf(shape));
  let before = 0;
  const parts = inputs.map((part) => {
    const to = places(part.shape, strides, before * (strides[axis] ?? 0));
    before += part.shape[axis] ?? 0;
    scatter(part.data, to, data);
    return to;
  });
  return { data, back: (slopes) => parts.map((to) => gather(slopes, to)) };
};

function taken(x: Float64Array, from: Int32Array): Passed {
  return {
    data: gather(x, from),
    back: (slopes) => [scatter(slopes, from, new Float64Array(x.length))],
  };
}
