import { costOf } from '../structures/structure.ts';
import type { Scope } from './scope.ts';

export const layerwiseScope: Scope = {
  id: 'layerwise',
  label: 'Layerwise',
  summary: 'Every layer loses the same share of its weights.',
  aliases: ['uniform', 'local', 'per-layer'],
  fixed: true,
  share(groups, sparsity) {
    return groups.map((group) => ({ groups: [group], keep: Math.round((1 - sparsity) * costOf(group)) }));
  },
};
