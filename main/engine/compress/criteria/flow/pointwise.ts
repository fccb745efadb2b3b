import { sizeOf } from '../../../network/graph.ts';
import { numberAttr } from '../../../network/node-reading.ts';
import { needed, type Field, type FlowRule } from './rule.ts';
import { gather, places, scatter, stridesOf } from './strided.ts';

/** Values as they are, in the output's shape: flattening, reshaping, dropout. */
export const same: FlowRule = (_, inputs) => ({
  data: needed(inputs[0]).data,
  back: (slopes) => [slopes],
});

/** What is not positive is multiplied by `slope`. */
function bent(x: Float64Array, slope: number): ReturnType<FlowRule> {
  return {
    data: x.map((value) => (value > 0 ? value : value * slope)),
    back: (slopes) => [slopes.map((value, i) => ((x[i] as number) > 0 ? value : value * slope))],
  };
}

export const relu: FlowRule = (_, inputs) => bent(needed(inputs[0]).data, 0);

export const leakyRelu: FlowRule = (node, inputs) =>
  bent(needed(inputs[0]).data, numberAttr(node, 'alpha', 0.01));

/** A flow that is small enough meets of a clip what lies at zero: a ReLU where that is its lower end, or nothing. */
export const clip: FlowRule = (node, inputs) =>
  bent(needed(inputs[0]).data, numberAttr(node, 'min', -Infinity) < 0 ? 1 : 0);

export const add: FlowRule = (node, inputs, shape, params) => {
  const constant = params.added(node, 'constant');
  const terms = [...inputs, ...(constant === undefined ? [] : [constant])].map((term) => ({
    term,
    from: spread(term, shape),
  }));
  const data = new Float64Array(sizeOf(shape));
  for (const { term, from } of terms) {
    gather(term.data, from).forEach((value, i) => (data[i] = (data[i] as number) + value));
  }
  return {
    data,
    back: (slopes) =>
      terms
        .slice(0, inputs.length)
        .map(({ term, from }) => scatter(slopes, from, new Float64Array(term.data.length))),
  };
};

/** A constant as a factor, or as what is divided by. */
const scaledBy =
  (factor: (constant: number) => number): FlowRule =>
  (node, inputs, shape, params) => {
    const x = needed(inputs[0]);
    const constant = needed(params.get(node, 'constant'));
    const factors = gather(constant.data, spread(constant, shape)).map(factor);
    const from = spread(x, shape);
    return {
      data: gather(x.data, from).map((value, i) => value * (factors[i] as number)),
      back: (slopes) => [
        scatter(
          slopes.map((slope, i) => slope * (factors[i] as number)),
          from,
          new Float64Array(x.data.length),
        ),
      ],
    };
  };

export const mul = scaledBy((constant) => constant);
export const div = scaledBy((constant) => 1 / constant);

/** For every element of `shape` the one of the value that NumPy's broadcasting puts there. */
function spread(value: Field, shape: readonly number[]): Int32Array {
  const missing = shape.length - value.shape.length;
  const own = stridesOf(value.shape);
  const strides = shape.map((_, axis) => {
    const at = axis - missing;
    return at < 0 || value.shape[at] === 1 ? 0 : (own[at] ?? 0);
  });
  return places(shape, strides);
}
