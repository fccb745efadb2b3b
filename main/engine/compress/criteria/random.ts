import type { TensorData } from '../../network/graph.ts';
import type { Criterion } from './criterion.ts';

export const random: Criterion = {
  id: 'random',
  label: 'Random',
  summary: 'Keeps weights drawn at random with the seed: the control that every other criterion must beat.',
  async score({ weights, params, random }) {
    return new Map(
      params.map((name) => [name, (weights.get(name) as TensorData).data.map(() => random.float())]),
    );
  },
};
