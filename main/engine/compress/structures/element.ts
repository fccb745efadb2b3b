import { sizeOf } from '../../network/graph.ts';
import type { Structure } from './structure.ts';

export const element: Structure = {
  id: 'element',
  label: 'Single weights',
  summary: 'Every weight is kept or pruned by itself.',
  aliases: ['unstructured', 'weight', 'fine-grained'],
  options: {},
  units: (network, params) => ({
    groups: params.map((name) => {
      const shape = network.params[name]?.shape ?? [];
      return { name, shape, units: sizeOf(shape), costs: 1 };
    }),
    reduce: (scores) => scores,
    spread: (scores) => scores,
    expand: (kept) => kept,
  }),
};
