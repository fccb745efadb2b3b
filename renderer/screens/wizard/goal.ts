import { computed } from 'vue';
import { useDraft } from '../../stores/draft.ts';
import { useProbes } from '../../stores/probes.ts';
import { leavingRows, zerosRows, type AmountRow } from '../../text/amount-rows.ts';

/** What the draft's first goal says and comes to, in numbers. */
export function useGoal() {
  const draft = useDraft();
  const probes = useProbes();
  /** What the budget says of its kind, where it is one number: of sparsity what goes, of all others what stays. */
  const amount = computed(() => {
    const value = draft.value(['budget', draft.budgetKind]);
    return typeof value === 'number' ? value : undefined;
  });
  /** Whether whole channels leave, and the recipe has a number for what that makes less. */
  const leaving = computed(() =>
    draft.budgetKind === 'sparsity'
      ? probes.counted === 'channels'
      : !['bytes', 'latency'].includes(draft.budgetKind),
  );
  const rows = computed((): AmountRow[] => {
    const network = probes.network.status === 'ready' ? probes.network.value : null;
    if (network === null || amount.value === undefined) return [];
    if (leaving.value) return amount.value > 0 ? leavingRows(network, draft.budgetKind, amount.value) : [];
    if (draft.budgetKind !== 'sparsity' || amount.value < 0 || amount.value >= 1) return [];
    return zerosRows(network.parameters, network.prunable, amount.value);
  });
  return { amount, leaving, rows };
}
