import { needed, type FlowRule } from './rule.ts';

/** y = W x + b along the last axis; what is pruned costs nothing on the way back. */
export const dense: FlowRule = (node, inputs, _, params) => {
  const x = needed(inputs[0]).data;
  const weight = needed(params.get(node, 'weight'));
  const bias = params.added(node, 'bias')?.data;
  const [outs = 0, ins = 1] = weight.shape;
  const weights = weight.data;
  const rows = x.length / ins;
  const data = new Float64Array(rows * outs);
  for (let row = 0; row < rows; row++) {
    for (let out = 0; out < outs; out++) {
      let sum = bias?.[out] ?? 0;
      for (let i = 0, w = out * ins, at = row * ins; i < ins; i++, w++, at++) {
        sum += (weights[w] as number) * (x[at] as number);
      }
      data[row * outs + out] = sum;
    }
  }
  return {
    data,
    back(slopes) {
      const before = new Float64Array(x.length);
      const gradient = params.gradient(node, 'weight') ?? new Float64Array(weights.length);
      for (let row = 0; row < rows; row++) {
        for (let out = 0; out < outs; out++) {
          const slope = slopes[row * outs + out] as number;
          for (let i = 0, w = out * ins, at = row * ins; i < ins; i++, w++, at++) {
            const value = weights[w] as number;
            if (value === 0) continue;
            before[at] = (before[at] as number) + value * slope;
            gradient[w] = (gradient[w] as number) + slope * (x[at] as number);
          }
        }
      }
      return [before];
    },
  };
};
