import { defineStore } from 'pinia';
import { computed, onScopeDispose, ref } from 'vue';
import { studio } from '../bridge/index.ts';
import type { ConnectionStatus } from '../bridge/index.ts';
import { formatWhen } from '../text/format.ts';

/** How often 'last heard 3 min ago' is made new. */
const clockMs = 15_000;

/**
 * Whether events arrive, since when they do not, and how often the connection came back: what is shown must be fetched again then.
 */
export const useConnection = defineStore('connection', () => {
  const status = ref<ConnectionStatus>('connecting');
  const returns = ref(0);
  const now = ref(Date.now());
  const heardAt = ref(Date.now());
  /** Whether what is shown may be out of date, and nothing can be asked for. */
  const silent = computed(() => status.value === 'lost' || status.value === 'refused');
  /** 'last heard 3 min ago'. */
  const lastHeard = computed(
    () => `last heard ${formatWhen(new Date(heardAt.value).toISOString(), now.value)}`,
  );

  studio.onStatus((next) => {
    const wasSilent = silent.value;
    if (status.value === 'connected' && next !== 'connected') heardAt.value = now.value = Date.now();
    status.value = next;
    if (next === 'connected' && wasSilent) returns.value += 1;
  });
  const timer = setInterval(() => (now.value = Date.now()), clockMs);
  onScopeDispose(() => clearInterval(timer));
  return { status, returns, silent, lastHeard };
});
