import type { Scope } from './scope.ts';
import { topK } from './top-k.ts';

export const globalScope: Scope = {
  id: 'global',
  label: 'Global',
  summary: 'One ranking over all layers: layers that matter less lose more.',
  select(scores, sparsity) {
    const arrays = [...scores.values()];
    const total = arrays.reduce((sum, part) => sum + part.length, 0);
    const masks = topK(arrays, Math.round((1 - sparsity) * total));
    return new Map([...scores.keys()].map((name, i) => [name, masks[i] as Uint8Array]));
  },
};
