import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { budgetSchema, shareKept, termsOf } from '../../main/contract/amount.ts';
import type { ParadigmEntry } from '../../main/contract/catalog.ts';
import { dataSpecSchema } from '../../main/contract/data.ts';
import type { Outlook } from '../../main/contract/outlook.ts';
import { carriesWeights } from '../../main/contract/recipe.ts';
import type { Problem } from '../../main/contract/errors.ts';
import { studio } from '../bridge/index.ts';
import { refusals } from '../text/outlooks.ts';
import { firstSentence, reachOf } from '../text/reach.ts';
import { whyUnsuited } from '../text/probe-problems.ts';
import { recommendedMethods } from '../../main/words/recommend.ts';
import { useCatalog } from './catalog.ts';
import { withParadigm } from './draft-recipe.ts';
import { useDraft } from './draft.ts';
import { useLoaderOf } from './loadable.ts';
import { useProbes } from './probes.ts';
import { useAskedNetwork } from './asked-network.ts';

/** Which methods there are for the draft's network and goal: which cannot be, which to begin with, what each takes. */
export const useMethods = defineStore('methods', () => {
  const draft = useDraft();
  const catalog = useCatalog();
  const probes = useProbes();
  /** Whether somebody looks: while nobody does, nothing is asked. */
  const looked = ref(0);

  /** The draft under each method. What it is called, what it reads and what it leaves behind change nothing. */
  const drafts = computed(() => {
    const { name: _name, data, network, ...rest } = draft.recipe;
    const recipe = {
      ...rest,
      network: network === '' ? 'network.onnx' : network,
      data: dataSpecSchema.safeParse(data).success ? data : { kind: 'digits' },
      export: [],
    };
    const now = catalog.paradigm(recipe.paradigm);
    return (catalog.value?.paradigms ?? []).map((entry) => ({
      id: entry.id,
      recipe: entry === now ? recipe : withParadigm(recipe, entry, now),
    }));
  });
  const asked = computed<typeof drafts.value>((before) => (looked.value > 0 ? drafts.value : (before ?? [])));
  const { state, refreshing } = useLoaderOf<ReadonlyMap<string, Outlook>>(
    () => asked.value,
    async () => {
      const list = asked.value;
      if (list.length === 0) return new Map();
      const outlooks = await studio.call('recipes.outlooks', { recipes: list.map(({ recipe }) => recipe) });
      return new Map(
        list.flatMap(({ id }, index) => {
          const outlook = outlooks[index];
          return outlook === undefined ? [] : [[id, outlook] as const];
        }),
      );
    },
    300,
  );
  const network = useAskedNetwork();
  /** What of the goal the network itself cannot meet with each method; asked once the plans are known. */
  const within = useLoaderOf<ReadonlyMap<string, Problem | null>>(
    () => (state.value.status === 'ready' && !refreshing.value ? [network.value, asked.value] : null),
    async () => {
      const list = asked.value;
      if (list.length === 0 || network.value === null || refreshing.value) return new Map();
      const recipes = list.map(({ recipe }) => recipe);
      const problems = await studio.call('networks.reach', { ...network.value, recipes });
      return new Map(list.map(({ id }, index) => [id, problems[index] ?? null]));
    },
  );
  const outlooks = computed(() =>
    state.value.status === 'ready' ? state.value.value : new Map<string, never>(),
  );
  /** Methods that fuse layers are asked for layers, the others are not: the goal changes with the method. */
  const otherGoal = (id: string) =>
    catalog.paradigm(id)?.fuses !== catalog.paradigm(draft.recipe.paradigm)?.fuses;
  const refused = computed(() => refusals(outlooks.value, otherGoal));
  /** Why its plan does not go with the network or the goal. */
  const unfit = (entry: ParadigmEntry): string | undefined => {
    const set = entry.id === draft.recipe.paradigm ? draft.recipe.prune : {};
    const network = whyUnsuited(probes.unsuited, entry, set);
    if (network !== undefined) return `Not for this network: ${catalog.inWords(network.message)}`;
    const goal = refused.value.get(entry.id);
    return goal === undefined ? undefined : `Not for this goal: ${catalog.inWords(goal)}`;
  };
  const reach = computed(() => {
    const { status } = within.state.value;
    const found =
      status === 'ready' && !within.refreshing.value ? within.state.value.value : new Map<string, never>();
    const possible = (id: string) => {
      const entry = catalog.paradigm(id);
      return entry !== undefined && !otherGoal(id) && unfit(entry) === undefined;
    };
    return reachOf(found, possible, draft.recipe.paradigm);
  });
  /** Why a method cannot prune this network to this goal; undefined where it can, as far as that is known. */
  const refusedOf = (entry: ParadigmEntry): string | undefined => {
    const beyond = reach.value.beyond.get(entry.id);
    const out = beyond && `Out of its reach: ${catalog.inWords(firstSentence(beyond.message))}`;
    return unfit(entry) ?? out;
  };
  const recommended = computed(() => {
    const [term] = termsOf(budgetSchema.safeParse(draft.recipe.budget).data ?? {});
    const facts = {
      trained: carriesWeights(draft.recipe),
      leaves: goalLeaves.value,
      kind: draft.budgetKind,
      kept: term && shareKept(term),
      hurry: draft.recipe.budget['time'] !== undefined,
    };
    return recommendedMethods(facts, (id) => {
      const entry = catalog.paradigm(id);
      return entry !== undefined && refusedOf(entry) === undefined;
    });
  });
  /** Whether the goal, or what the person chose to go as one, has whole channels leave: the method's own way does not count. */
  const goalLeaves = computed(() => {
    const chosen = draft.value(['prune', 'structure', 'kind']);
    return catalog.value?.structures.some(({ id, leaves }) => leaves && id === chosen) === true;
  });

  /**
   * A method that nobody chose gives way where the goal that was chosen is not for it; where that is a time, also to those that are
   * recommended, since what prunes while it trains does not go by the steps of widths.
   */
  const kinds = computed(() => Object.keys(draft.recipe.budget).toSorted().join());
  let changed = false;
  watch(kinds, () => {
    changed = true;
  });
  watch(state, () => {
    if (!changed || refreshing.value) return;
    changed = false;
    const [first] = recommended.value;
    const { paradigm } = draft.recipe;
    const slower = draft.budgetKind === 'latency' && !recommended.value.some(({ id }) => id === paradigm);
    const gives = refused.value.has(paradigm) || slower;
    if (gives && first !== undefined && !draft.reached('method')) draft.chooseParadigm(first.id);
  });

  return {
    outlooks,
    refusedOf,
    /** Why no method comes to the goal with this network; null where one does, or that is not known. */
    beyondAll: computed(() => reach.value.none),
    recommended,
    /** Called when a screen shows them; what it gives is called when it no longer does. */
    look: () => {
      looked.value += 1;
      return () => {
        looked.value -= 1;
      };
    },
  };
});
