import { defineStore } from 'pinia';
import { ref } from 'vue';
import { studio } from '../bridge/index.ts';
import type { ConnectionStatus } from '../bridge/index.ts';

/** Whether events arrive, and how often the connection came back: what is shown must be fetched again then. */
export const useConnection = defineStore('connection', () => {
  const status = ref<ConnectionStatus>('connecting');
  const returns = ref(0);
  let lost = false;
  studio.onStatus((next) => {
    status.value = next;
    if (next === 'lost') lost = true;
    if (next === 'connected' && lost) {
      lost = false;
      returns.value += 1;
    }
  });
  return { status, returns };
});
