import type { DynamicsKind } from './dynamics.ts';
import { growingRegularisation, L1_NORMS } from './greg.ts';

export const greg1: DynamicsKind = {
  id: 'greg-1',
  label: 'GReg-1',
  summary: 'Picks the weights to remove first and pushes them towards zero with a growing penalty.',
  options: [],
  usesCriterion: true,
  leaveLate: 'until then the penalty wears them down, and they are part of what the network computes',
  pooling: L1_NORMS,
  create: (start) => growingRegularisation(start, true, 0),
};
