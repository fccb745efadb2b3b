import type { TensorData } from '../../network/graph.ts';
import type { Criterion } from './criterion.ts';

export const magnitude: Criterion = {
  id: 'magnitude',
  label: 'Magnitude',
  summary: 'Keeps the weights with the largest absolute value.',
  async score({ weights, params }) {
    return new Map(params.map((name) => [name, (weights.get(name) as TensorData).data.map(Math.abs)]));
  },
};
