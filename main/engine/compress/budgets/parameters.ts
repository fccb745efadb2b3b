import { networkCost } from '../../network/cost.ts';
import type { BudgetKind } from './budget.ts';

export const parameters: BudgetKind = {
  id: 'parameters',
  label: 'Parameters',
  summary: 'Learned numbers of the network: weights, biases, scales and shifts. Zeros count.',
  of: ({ network }) => networkCost(network).parameters,
};
