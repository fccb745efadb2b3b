import type { DynamicsKind } from './dynamics.ts';
import { growingRegularisation, L1_NORMS } from './greg.ts';

/** Once the others are picked, the weights that stay are pushed away from zero by as much as ordinary weight decay pulls. */
const RECOVERY = -1e-4;

export const greg2: DynamicsKind = {
  id: 'greg-2',
  label: 'GReg-2',
  summary:
    'Lets a penalty grow on all weights, picks those that gave way most, and pushes these towards zero.',
  options: [],
  usesCriterion: true,
  leaveLate: 'until then the penalty wears them down, and they are part of what the network computes',
  pooling: L1_NORMS,
  create: (start) => growingRegularisation(start, false, RECOVERY),
};
