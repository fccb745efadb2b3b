import { sizeOf } from '../../../network/graph.ts';
import { numberAttr } from '../../../network/node-reading.ts';
import { needed, type FlowRule } from './rule.ts';

/** Batch norm with its running statistics: per channel, a factor and what is added. */
export const norm: FlowRule = (node, inputs, shape, params) => {
  const x = needed(inputs[0]).data;
  const [scale, variance] = [
    needed(params.get(node, 'scale')).data,
    needed(params.get(node, 'variance')).data,
  ];
  const [shift, mean] = [needed(params.added(node, 'shift')).data, needed(params.added(node, 'mean')).data];
  const epsilon = numberAttr(node, 'epsilon', 1e-5);
  const factor = scale.map((value, c) => value / Math.sqrt((variance[c] as number) + epsilon));
  const plane = sizeOf(shape.slice(2));
  const channel = (i: number) => Math.floor(i / plane);
  return {
    data: x.map((value, i) => {
      const c = channel(i);
      return (value - (mean[c] as number)) * (factor[c] as number) + (shift[c] as number);
    }),
    back: (slopes) => [slopes.map((slope, i) => slope * (factor[channel(i)] as number))],
  };
};
