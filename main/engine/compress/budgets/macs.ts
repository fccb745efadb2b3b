import { networkCost } from '../../network/cost.ts';
import type { CountedKind } from './budget.ts';

export const macs: CountedKind = {
  id: 'macs',
  label: 'Multiply-accumulates',
  summary: 'What convolutions and dense layers compute for one sample, zeros included.',
  of: ({ network }) => networkCost(network).macs,
};
