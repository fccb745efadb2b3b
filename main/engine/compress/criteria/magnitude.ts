import type { TensorData } from '../../network/graph.ts';
import type { Criterion } from './criterion.ts';
import { withScales } from './with-scales.ts';

export const magnitude: Criterion = {
  id: 'magnitude',
  label: 'Magnitude',
  summary: 'Keeps the weights with the largest absolute value.',
  aliases: ['l1', 'l1-norm', 'l2', 'l2-norm', 'absolute-value'],
  scored: withScales,
  pooling: { power: 2 },
  async score({ weights, params }) {
    return new Map(params.map((name) => [name, (weights.get(name) as TensorData).data.map(Math.abs)]));
  },
};
