import { computed } from 'vue';
import type { Counted } from '../../../main/words/amounts.ts';
import { useCatalog } from '../../stores/catalog.ts';
import { useDraft } from '../../stores/draft.ts';
import { useProbes } from '../../stores/probes.ts';
import { settingsNow } from '../../text/settings.ts';

/**
 * What goes of single layers or groups by a choice of its own, in percent as it is typed.
 * @param counted what the table is of: shares are of weights, or of channels where whole ones leave
 */
export function useShares(counted: Counted) {
  const draft = useDraft();
  const probes = useProbes();
  const catalog = useCatalog();
  /** Whether the method listens to such shares. */
  const heard = computed(() => {
    const entry = catalog.paradigm(draft.recipe.paradigm);
    if (entry === undefined || probes.counted !== counted) return false;
    return settingsNow(entry, draft.recipe.prune).some(({ field }) => field === 'layers');
  });
  const of = (name: string): number | undefined => {
    const share = draft.value(['prune', 'layers', name]);
    return typeof share === 'number' ? Number((share * 100).toFixed(4)) : undefined;
  };
  const set = (name: string, percent: number | undefined) => {
    draft.setShare(name, percent === undefined ? undefined : Number((percent / 100).toFixed(6)));
  };
  return { heard, of, set };
}
