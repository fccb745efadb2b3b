import type { DynamicsKind } from './dynamics.ts';
import { growingRegularisation } from './greg.ts';

export const greg1: DynamicsKind = {
  id: 'greg-1',
  label: 'GReg-1',
  summary: 'Picks the weights to remove first and pushes them towards zero with a growing penalty.',
  options: [],
  usesCriterion: true,
  create: (start) => growingRegularisation(start, true, 0),
};
