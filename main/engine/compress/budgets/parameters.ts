import { networkCost } from '../../network/cost.ts';
import type { CountedKind } from './budget.ts';

export const parameters: CountedKind = {
  id: 'parameters',
  label: 'Parameters',
  summary: 'Learned numbers of the network: weights, biases, scales and shifts. Zeros count.',
  of: ({ network }) => networkCost(network).parameters,
};
