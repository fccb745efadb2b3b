import { networkCost } from '../../network/cost.ts';
import { peakActivationBytes } from '../../network/memory.ts';
import type { CountedKind } from './budget.ts';

const FLOAT_BYTES = 4;

export const memory: CountedKind = {
  id: 'memory',
  label: 'Memory',
  summary: 'All weights, and the values that must be held at once for one sample, in float32.',
  of: ({ network }) => networkCost(network).parameters * FLOAT_BYTES + peakActivationBytes(network),
};
