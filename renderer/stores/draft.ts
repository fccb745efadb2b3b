import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { problemSchema } from '../../main/contract/messages.ts';
import type { Problem } from '../../main/contract/errors.ts';
import { toProblem } from '../../main/contract/errors.ts';
import { amountKindSchema, type AmountKind } from '../../main/contract/amount.ts';
import type { Recipe } from '../../main/contract/recipe.ts';
import type { Baseline } from '../../main/contract/sweep.ts';
import type { RunSummary } from '../../main/contract/api.ts';
import { studio } from '../bridge/index.ts';
import { getAt, setAt } from '../text/fields.ts';
import { recipeDifferences } from '../../main/words/recipe-differences.ts';
import { useCatalog } from './catalog.ts';
import { demoRecipe, draftOf, withNetwork, withParadigm } from './draft-recipe.ts';
import type { DraftRecipe } from './draft-recipe.ts';
import type { LeftDraft } from '../../main/contract/draft.ts';
import { keepDraft, leftDraft, recallDraft } from './draft-kept.ts';
import { useHistory, type KeptHistory } from './history.ts';
import { readRecipe } from './read-recipe.ts';

const checkDelayMs = 250;
/** Stands for all steps among those that were come to. */
const everyStep = '*';

/** What only channels that leave make less; zeros do not. */
const leavingKinds: ReadonlySet<AmountKind> = new Set([
  'parameters',
  'macs',
  'channels',
  'memory',
  'latency',
]);

/** What a demand begins with. */
function usualAmount(kind: AmountKind): unknown {
  if (kind === 'sparsity') return 0.9;
  if (kind === 'latency') return { kept: 0.5 };
  return kind === 'bytes' ? { kept: 0.25, gzip: true } : 0.5;
}

/** The wizard's recipe: kept while the window lives and for the windows after it, checked by the studio a moment after every change. */
export const useDraft = defineStore('draft', () => {
  const kept = recallDraft();
  /** Replaced as a whole by every change, never changed in place. */
  const recipe = shallowRef<DraftRecipe>((kept?.recipe as DraftRecipe | undefined) ?? demoRecipe);
  const projectId = ref<number | null>(kept?.projectId ?? null);
  /** The run that this draft began as a copy of. */
  const origin = shallowRef<LeftDraft['origin']>(kept?.origin ?? null);
  /** The wizard's steps that were come to so far. */
  const seen = shallowRef<readonly string[]>(kept?.seen ?? []);
  const problems = shallowRef<readonly Problem[]>([]);
  /** The complete recipe when there is nothing to mend. */
  const valid = shallowRef<Recipe | null>(null);
  const checking = ref(true);
  /** Options of the kinds of data that were tried before, so that going back loses nothing. */
  const dataOf = new Map<string, DraftRecipe['data']>();
  let turn = 0;

  const check = async () => {
    turn += 1;
    const mine = turn;
    checking.value = true;
    const answer = await studio.call('recipes.check', { recipe: recipe.value }).catch((error: unknown) => ({
      recipe: null,
      problems: [problemSchema.parse(toProblem(error))],
    }));
    if (mine !== turn) return;
    problems.value = answer.problems;
    valid.value = answer.problems.length === 0 ? answer.recipe : null;
    checking.value = false;
  };

  watch(recipe, (_now, _before, onCleanup) => {
    checking.value = true;
    const timer = setTimeout(() => void check(), checkDelayMs);
    onCleanup(() => {
      clearTimeout(timer);
    });
  });
  void check();

  /** What undoing brings back. All that is changed at once is one change. */
  const undoable = computed(() => ({ recipe: recipe.value, origin: origin.value }));
  const history = useHistory(undefined, kept?.history as KeptHistory<typeof undoable.value> | undefined);
  let restored: typeof undoable.value | null = null;
  watch(undoable, (now, before) => {
    const back = restored?.recipe === now.recipe && restored.origin === now.origin;
    restored = null;
    const fields = recipeDifferences([before.recipe, now.recipe]).map(({ field }) => field);
    const changed = fields.length > 0 || before.origin !== now.origin;
    if (changed && !back) history.record(before, fields.join('\n'));
  });
  // After the watch above, so that what is kept has the change that was just recorded.
  watch([recipe, projectId, origin, seen], () => {
    const draft = {
      recipe: recipe.value,
      projectId: projectId.value,
      origin: origin.value,
      seen: [...seen.value],
      history: history.keep(),
    };
    keepDraft(draft, started.value);
  });
  /** A new window goes on with what was left in another, unless something was begun here meanwhile. */
  const goOn = (left: LeftDraft | null) => {
    if (left === null || recipe.value !== demoRecipe || origin.value !== null) return;
    restored = { recipe: left.recipe as unknown as DraftRecipe, origin: left.origin };
    recipe.value = restored.recipe;
    origin.value = left.origin;
    projectId.value = left.projectId;
    seen.value = left.seen;
  };
  if (kept === null) void leftDraft().then(goOn);
  /** @returns the fields that went back, or null where there was nothing to take back */
  const restore = (step: ReturnType<typeof history.undo>): string[] | null => {
    if (step === null) return null;
    restored = step.state;
    recipe.value = step.state.recipe;
    origin.value = step.state.origin;
    return step.place.split('\n');
  };
  const undo = () => restore(history.undo(undoable.value));
  const redo = () => restore(history.redo(undoable.value));

  const value = (path: readonly string[]) => getAt(recipe.value, path);
  const edit = (path: readonly string[], to: unknown) => {
    recipe.value = setAt({ ...recipe.value }, path, to) as unknown as DraftRecipe;
    if (!('prune' in recipe.value)) recipe.value = { ...(recipe.value as DraftRecipe), prune: {} };
  };
  const chooseData = (kind: string) => {
    dataOf.set(recipe.value.data.kind, recipe.value.data);
    edit(['data'], dataOf.get(kind) ?? { kind });
  };
  const budgetKind = computed(
    () =>
      Object.keys(recipe.value.budget)
        .map((key) => amountKindSchema.safeParse(key).data)
        .find((kind) => kind !== undefined) ?? 'sparsity',
  );
  /** What may be lost and taken, whatever else is asked for. */
  const limitsNow = () => {
    const { accuracyDrop, time } = recipe.value.budget;
    return { ...(accuracyDrop !== undefined && { accuracyDrop }), ...(time !== undefined && { time }) };
  };
  /** Only what leaves the network makes it compute less: budgets of that go with whole channels. */
  const chooseBudget = (kind: AmountKind) => {
    if (kind === budgetKind.value) return;
    edit(['budget'], { [kind]: usualAmount(kind), ...limitsNow() });
    if (leavingKinds.has(kind)) edit(['prune', 'structure', 'kind'], 'channel');
  };
  /** Adds a further demand to the budget, or takes it out. */
  const demand = (kind: AmountKind, wanted: boolean) => {
    const { [kind]: _gone, ...rest } = recipe.value.budget;
    edit(['budget'], wanted ? { ...rest, [kind]: usualAmount(kind) } : rest);
    if (wanted && leavingKinds.has(kind)) edit(['prune', 'structure', 'kind'], 'channel');
  };
  /** Leaves what may be lost as the only demand of the budget, or asks for an amount again. */
  const floorAlone = (alone: boolean) => {
    const kind = useCatalog().paradigm(recipe.value.paradigm)?.fuses === true ? 'layers' : 'sparsity';
    edit(['budget'], { ...(!alone && { [kind]: usualAmount(kind) }), ...limitsNow() });
  };
  /** Sets what may be lost or taken, or takes the limit out of the budget. */
  const limit = (kind: 'accuracyDrop' | 'time', value: number | undefined) => {
    const { [kind]: _gone, ...rest } = recipe.value.budget;
    edit(['budget'], value === undefined ? rest : { ...rest, [kind]: value });
  };
  /** What stays whole, by the names of parameters and groups of channels. */
  const excluded = computed((): readonly string[] => {
    const names = recipe.value.prune['exclude'];
    return Array.isArray(names) ? names.map(String) : [];
  });
  const keepWhole = (name: string, on: boolean) => {
    const others = excluded.value.filter((one) => one !== name);
    const names = on ? [...others, name] : others;
    edit(['prune', 'exclude'], names.length === 0 ? undefined : names);
  };
  /** Sets what goes of a single layer or group, 0..1; the others share the rest of the budget, whatever the scope was. */
  const setShare = (name: string, share: number | undefined) => {
    edit(['prune', 'scope'], undefined);
    edit(['prune', 'layers', name], share);
  };
  const chooseNetwork = (network: string) => {
    const { paradigm } = useCatalog();
    recipe.value = withNetwork(recipe.value, network, paradigm(recipe.value.paradigm));
  };
  const chooseParadigm = (id: string) => {
    const { paradigm } = useCatalog();
    const next = paradigm(id);
    if (next !== undefined) recipe.value = withParadigm(recipe.value, next, paradigm(recipe.value.paradigm));
  };
  const begin = (start: DraftRecipe, from: LeftDraft['origin'], project: number | null) => {
    recipe.value = start;
    origin.value = from;
    projectId.value = project;
    seen.value = [];
    baselines.value = [];
    dataOf.clear();
  };
  const beginNew = (project: number | null = null) => {
    begin(demoRecipe, null, project);
  };
  const clone = (run: RunSummary) => {
    begin(draftOf(run.recipe), { id: run.id, name: run.name }, run.projectId);
  };
  /** The whole recipe, written anew. */
  const replace = (to: DraftRecipe) => {
    recipe.value = to;
  };
  /**
   * Begins a draft with a recipe's text, YAML or JSON.
   * @returns what is wrong with it, and then the draft stays as it is
   */
  const openRecipe = async (text: string): Promise<readonly Problem[]> => {
    const read = await readRecipe(text);
    if (read.draft !== null) {
      begin(read.draft, null, projectId.value);
      seen.value = [everyStep];
    }
    return read.problems;
  };
  /** Free baselines to start beside the run. */
  const baselines = ref<readonly Baseline[]>([]);
  const reach = (ids: readonly string[]) => {
    seen.value = [...new Set([...seen.value, ...ids])];
  };
  /** Whether what is set at a step is a person's choice; all of a copied run's is, and of a recipe's that was opened. */
  const reached = (id: string) =>
    origin.value !== null || seen.value.includes(id) || seen.value.includes(everyStep);
  const started = computed(() => JSON.stringify(recipe.value) !== JSON.stringify(demoRecipe));

  return {
    recipe,
    projectId,
    origin,
    problems,
    valid,
    checking,
    started,
    baselines,
    reach,
    reached,
    value,
    edit,
    undo,
    redo,
    canUndo: history.canUndo,
    canRedo: history.canRedo,
    check,
    chooseData,
    budgetKind,
    chooseBudget,
    demand,
    limit,
    floorAlone,
    excluded,
    keepWhole,
    setShare,
    chooseNetwork,
    chooseParadigm,
    beginNew,
    clone,
    replace,
    openRecipe,
  };
});
