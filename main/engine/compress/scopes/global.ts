import { costOf } from '../structures/structure.ts';
import type { Scope } from './scope.ts';

export const globalScope: Scope = {
  id: 'global',
  label: 'Global',
  summary: 'One ranking over all layers: layers that matter less lose more.',
  competes: true,
  share(groups, sparsity) {
    const total = groups.reduce((sum, group) => sum + costOf(group), 0);
    return [{ groups, keep: Math.round((1 - sparsity) * total) }];
  },
};
