import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { NetworkEntry, ParadigmEntry, StructureEntry } from '../../main/contract/catalog.ts';
import type { Counted } from '../../main/words/amounts.ts';
import { lastPart } from '../../main/words/last-part.ts';
import { structureNow } from '../../main/words/structure-now.ts';
import { plainWords } from '../text/plain-words.ts';
import { studio } from '../bridge/index.ts';
import { useLoader } from './loadable.ts';

/** What of a recipe says how it prunes. */
interface Pruning {
  readonly paradigm: string;
  readonly prune: Readonly<Record<string, unknown>>;
}

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
  /** What a recipe keeps or prunes as one. */
  const structure = (recipe: Pruning): StructureEntry | undefined => {
    const entry = paradigm(recipe.paradigm);
    if (entry === undefined) return undefined;
    const meant = structureNow(entry, recipe.prune);
    return value.value?.structures.find(({ id }) => id === meant);
  };
  /** What a recipe's sparsity counts. */
  const counted = (recipe: Pruning): Counted =>
    structure(recipe)?.countsChannels === true ? 'channels' : 'sparsity';
  /** What the engine says of a recipe, in the words of the screens. */
  const inWords = (text: string): string => (value.value === null ? text : plainWords(text, value.value));
  return { state, value, reload, inWords, paradigm, network, labelOf, structure, counted };
});
