import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { NetworkEntry, ParadigmEntry } from '../../main/contract/catalog.ts';
import { studio } from '../bridge/index.ts';
import { lastPart } from '../text/last-part.ts';
import { useLoader } from './loadable.ts';

/** What there is to choose from; asked for once. */
export const useCatalog = defineStore('catalog', () => {
  const { state, reload } = useLoader(() => studio.call('catalog.get', null));
  void reload();
  const value = computed(() => (state.value.status === 'ready' ? state.value.value : null));
  const paradigm = (id: string): ParadigmEntry | undefined =>
    value.value?.paradigms.find((entry) => entry.id === id);
  const network = (id: string): NetworkEntry | undefined =>
    value.value?.networks.find((entry) => entry.id === id);
  /** The words for what a recipe names; of a file the name without its folders. */
  const labelOf = (list: 'networks' | 'data' | 'paradigms' | 'criteria' | 'exports', id: string): string =>
    value.value?.[list].find((entry) => entry.id === id)?.label ?? (list === 'networks' ? lastPart(id) : id);
  /** Whether what a structure prunes leaves the network. */
  const leaves = (structure: string): boolean =>
    value.value?.structures.find(({ id }) => id === structure)?.leaves ?? false;
  return { state, value, reload, paradigm, network, labelOf, leaves };
});
