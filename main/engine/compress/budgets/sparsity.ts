import { keptWeights } from '../masks.ts';
import type { CountedKind } from './budget.ts';

export const sparsity: CountedKind = {
  id: 'sparsity',
  label: 'Weights',
  summary: 'How many of the prunable weights are kept; the others become zero or leave.',
  of: ({ network, masks }) => keptWeights(network, masks),
};
