import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { DataSummary, NetworkSummary } from '../../main/contract/catalog.ts';
import { dataSpecSchema } from '../../main/contract/data.ts';
import { inputError, type Problem } from '../../main/contract/errors.ts';
import type { Counted } from '../../main/words/amounts.ts';
import { studio } from '../bridge/index.ts';
import { getAt } from '../text/fields.ts';
import { problemAt } from '../text/problems.ts';
import { nothingToPrune, placeOfFit, whyUnsuited } from '../text/probe-problems.ts';
import { useCatalog } from './catalog.ts';
import { useDraft } from './draft.ts';
import { useLoaderOf } from './loadable.ts';

/** What the draft's network and data really are, tried before anything is started: each alone, then the one with the other. */
export const useProbes = defineStore('probes', () => {
  /** Windows do not take each other's questions back. */
  const window = crypto.randomUUID();
  const askerOf = (what: 'network' | 'data' | 'fit') => `${what} of ${window}`;
  const stop = (what: Parameters<typeof askerOf>[0]) =>
    studio.call('recipes.giveUp', { asker: askerOf(what) }).catch(() => undefined);
  const draft = useDraft();
  const catalog = useCatalog();

  const output = computed(() => {
    const chosen = draft.recipe.output ?? '';
    return chosen === '' ? {} : { output: chosen };
  });
  /** The network by itself; null while none is named. */
  const alone = useLoaderOf<NetworkSummary | null>(
    () => draft.recipe.network,
    async () => {
      const { network } = draft.recipe;
      return network === ''
        ? null
        : studio.call('networks.inspect', { network, data: null, asker: askerOf('network') });
    },
    300,
  );
  const data = useLoaderOf<DataSummary>(
    () => draft.recipe.data,
    async () => {
      const spec = dataSpecSchema.safeParse(draft.recipe.data);
      if (!spec.success)
        throw inputError('recipe/invalid', 'The options of the data are not complete or not right.', {
          remedy: 'Mend the marked fields above.',
        });
      return studio.call('data.inspect', { data: spec.data, asker: askerOf('data') });
    },
    400,
  );
  const settled = ({ state, refreshing }: typeof alone | typeof data) =>
    !refreshing.value && state.value.status === 'ready';
  /** What is asked of both together, once each is known to be readable. */
  const together = computed(() => {
    const spec = dataSpecSchema.safeParse(draft.recipe.data);
    if (draft.recipe.network === '' || !spec.success || !settled(alone) || !settled(data)) return null;
    return { network: draft.recipe.network, data: spec.data, ...output.value };
  });
  /** The network as it is with these data; null while one of them is not there. */
  const fit = useLoaderOf<NetworkSummary | null>(
    () => together.value,
    async () =>
      together.value === null
        ? null
        : studio.call('networks.inspect', { ...together.value, asker: askerOf('fit') }),
  );

  const fitted = computed(() => (fit.state.value.status === 'ready' ? fit.state.value.value : null));
  /** Why the network and the data do not go together. */
  const misfit = computed((): Problem | undefined => {
    const { value } = fit.state;
    if (together.value === null || fit.refreshing.value || value.status !== 'error') return undefined;
    // That it was not waited for says nothing of them.
    if (value.problem.code === 'query/given-up') return undefined;
    return { ...value.problem, field: placeOfFit(value.problem) };
  });
  /** What cannot prune the network, as far as that is known. */
  const unsuited = computed(() => fitted.value?.unsuited);
  /** What the sparsity counts: a method that goes by batch norms prunes single weights where there are none. */
  const counted = computed((): Counted => {
    const { paradigm, prune } = draft.recipe;
    const { criterion = '', otherwise = null } = catalog.paradigm(paradigm)?.presets ?? {};
    const own = prune['criterion'] === undefined && getAt(prune, ['structure', 'kind']) === undefined;
    const replaced = own && otherwise !== null && criterion in (unsuited.value?.criteria ?? {});
    return replaced ? 'sparsity' : catalog.counted(draft.recipe);
  });
  const found = computed((): Problem[] => {
    const network = alone.state.value;
    const read = data.state.value;
    const entry = catalog.paradigm(draft.recipe.paradigm);
    const method = entry && whyUnsuited(unsuited.value, entry, draft.recipe.prune);
    return [
      ...(network.status === 'error' && !alone.refreshing.value
        ? [{ ...network.problem, field: 'network' }]
        : []),
      ...(read.status === 'error' && !data.refreshing.value ? [{ ...read.problem, field: 'data' }] : []),
      ...(fitted.value?.prunable === 0 && !fit.refreshing.value ? [nothingToPrune(fitted.value.name)] : []),
      ...(misfit.value === undefined ? [] : [misfit.value]),
      ...(method === undefined || fit.refreshing.value ? [] : [method]),
    ];
  });
  /** All that is left to mend: of the recipe, and of what it names where the recipe itself says nothing of it. */
  const problems = computed((): readonly Problem[] => [
    ...draft.problems,
    ...found.value.filter(({ field = '' }) => problemAt(draft.problems, field) === undefined),
  ]);
  /** True while the answers for the present choice are not all there. */
  const pending = computed(() =>
    [alone, data, fit].some(({ state, refreshing }) => refreshing.value || state.value.status === 'loading'),
  );
  /** The network's own facts until its data are chosen, and those with the data from then on. */
  const network = computed(() => (fitted.value !== null && draft.reached('data') ? fit : alone));

  return {
    network: computed(() => network.value.state.value),
    networkRefreshing: computed(() => network.value.refreshing.value),
    reloadNetwork: alone.reload,
    stopNetwork: () => Promise.all([stop('network'), stop('fit')]),
    data: computed(() => data.state.value),
    dataRefreshing: computed(() => data.refreshing.value),
    reloadData: data.reload,
    stopData: () => stop('data'),
    alone: computed(() => (alone.state.value.status === 'ready' ? alone.state.value.value : null)),
    fitted,
    fitting: computed(() => fit.refreshing.value),
    reloadFit: fit.reload,
    misfit,
    unsuited,
    counted,
    problems,
    pending,
  };
});
