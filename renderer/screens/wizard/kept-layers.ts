import { computed } from 'vue';
import { paramMeant } from '../../../main/words/excluded.ts';
import { useDraft } from '../../stores/draft.ts';
import { useProbes } from '../../stores/probes.ts';

/** What the person keeps whole, by the weights of single layers. */
export function useKeptLayers() {
  const draft = useDraft();
  const probes = useProbes();
  const prunable = computed(() => (probes.alone?.layers ?? []).flatMap(({ weights }) => weights));
  /** What keeps a weight whole, by the recipe's names. */
  const keepers = (weight: string) =>
    draft.excluded.filter((name) => paramMeant(name, prunable.value) === weight);
  function keep(weights: readonly string[], on: boolean): void {
    for (const weight of weights) {
      if (on && keepers(weight).length === 0) draft.keepWhole(weight, true);
      if (!on) for (const name of keepers(weight)) draft.keepWhole(name, false);
    }
  }
  const isKept = (weights: readonly string[]) => weights.every((weight) => keepers(weight).length > 0);
  return { keep, isKept };
}
