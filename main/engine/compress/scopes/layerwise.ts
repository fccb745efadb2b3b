import type { Scope } from './scope.ts';
import { topK } from './top-k.ts';

export const layerwiseScope: Scope = {
  id: 'layerwise',
  label: 'Layerwise',
  summary: 'Every layer loses the same share of its weights.',
  fixed: true,
  select(scores, sparsity) {
    return new Map(
      [...scores].map(([name, part]) => [
        name,
        topK([part], Math.round((1 - sparsity) * part.length))[0] as Uint8Array,
      ]),
    );
  },
};
