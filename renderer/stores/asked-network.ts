import { computed } from 'vue';
import { dataSpecSchema } from '../../main/contract/data.ts';
import { useDraft } from './draft.ts';
import { useProbes } from './probes.ts';

/** The network that questions about the draft's structure are of: fitted to its data once these are chosen; null without one. */
export function useAskedNetwork() {
  const draft = useDraft();
  const probes = useProbes();
  return computed(() => {
    const { network, output } = draft.recipe;
    if (network === '') return null;
    const spec = dataSpecSchema.safeParse(draft.recipe.data);
    const fits = spec.success && probes.fitted !== null && draft.reached('data');
    const named = output === undefined || output === '' ? {} : { output };
    return { network, ...(fits ? { data: spec.data, ...named } : { data: null }) };
  });
}
