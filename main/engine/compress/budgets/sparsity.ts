import { keptWeights } from '../masks.ts';
import type { BudgetKind } from './budget.ts';

export const sparsity: BudgetKind = {
  id: 'sparsity',
  label: 'Weights',
  summary: 'How many of the prunable weights are kept; the others become zero or leave.',
  of: ({ network, masks }) => keptWeights(network, masks),
};
