import { amountKindSchema, FUSABLE } from '../../main/contract/amount.ts';
import { carriesWeights, recipeSchema } from '../../main/contract/recipe.ts';
import type { Recipe, RecipeInput } from '../../main/contract/recipe.ts';
import { dataSource } from '../../main/contract/data.ts';
import { isModelPath } from '../../main/contract/paths.ts';
import { proposedEpochs, type TrainPart } from '../../main/words/proposed-epochs.ts';
import { withoutDefaults } from '../../main/contract/without-defaults.ts';
import type { ParadigmEntry } from '../../main/contract/catalog.ts';
import { getAt } from '../text/fields.ts';
import { settingsNow } from '../text/settings.ts';

/** A part of a recipe on its way: its fields, any of which may be missing or wrong until the check says otherwise. */
type DraftPart = Readonly<Record<string, unknown>>;

type Loose<T> = T extends string | number | boolean | undefined
  ? T
  : T extends readonly (infer E)[]
    ? E[]
    : DraftPart;

/** A recipe on its way: all fields of the contract's, loosened. */
export type DraftRecipe = {
  [K in keyof Omit<RecipeInput, 'data' | 'budget' | 'prune' | 'export'>]: Loose<RecipeInput[K]>;
} & {
  data: DraftPart & { readonly kind: string };
  budget: DraftPart;
  prune: DraftPart;
  export: string[];
};

/** What a new draft starts with: the recipe of the demo, valid as it is. */
export const demoRecipe: DraftRecipe = {
  network: 'lenet-300-100',
  data: { kind: 'digits' },
  seed: 1,
  dense: { epochs: 10 },
  paradigm: 'magnitude-gradual',
  budget: { sparsity: 0.9 },
  prune: {},
  finetune: { epochs: 5 },
  export: ['onnx', 'safetensors'],
};

/** The draft that a run's recipe gives, to be changed and started again: the recipe without its defaults. */
export function draftOf(recipe: Recipe): DraftRecipe {
  const source = dataSource(recipe.data);
  const chosen = withoutDefaults(recipeSchema, { ...recipe, data: source }) as DraftRecipe;
  // What a training of given weights would get by default is not the schema's default.
  const exact = (part: 'dense' | 'finetune') => {
    const spec = recipe[part];
    return spec === undefined || !carriesWeights(recipe)
      ? {}
      : { [part]: { ...(chosen[part] as DraftPart), lr: spec.lr } };
  };
  return {
    ...chosen,
    ...exact('dense'),
    ...exact('finetune'),
    data: { ...chosen.data, kind: source.kind },
    seed: recipe.seed,
    prune: { ...chosen.prune },
    export: [...recipe.export],
  };
}

/**
 * Stages as they are proposed now: epochs that were proposed before give way to the new ones; epochs that a person set stay,
 * wherever that stage still is.
 */
function withProposals(
  draft: DraftRecipe,
  next: Readonly<Record<TrainPart, number | null>>,
  previous: Readonly<Record<TrainPart, number | null>> | undefined,
): DraftRecipe {
  const stage = (name: TrainPart): DraftPart | undefined => {
    const proposed = next[name];
    if (proposed === null) return undefined;
    const old = draft[name];
    if (old === undefined) return { epochs: proposed };
    const untouched = previous !== undefined && old['epochs'] === previous[name];
    return untouched ? { ...old, epochs: proposed } : old;
  };
  const { dense: _dense, finetune: _finetune, ...rest } = draft;
  const [dense, finetune] = [stage('dense'), stage('finetune')];
  return {
    ...rest,
    ...(dense === undefined ? {} : { dense }),
    ...(finetune === undefined ? {} : { finetune }),
  };
}

/** Changes the paradigm. What was set of the old one's pruning is left behind, but not what it keeps whole and what leaves as one. */
export function withParadigm(
  draft: DraftRecipe,
  next: ParadigmEntry,
  previous: ParadigmEntry | undefined,
): DraftRecipe {
  const trained = carriesWeights(draft);
  const before = previous === undefined ? undefined : proposedEpochs(previous, trained);
  // What stays whole is said of the network, whatever prunes the rest; what leaves as one, as far as the next can take it so.
  const { exclude, structure } = draft.prune;
  const kinds = next.settings.find(({ field }) => field === 'structure.kind')?.values ?? [];
  const fits = kinds.includes(String(getAt(structure, ['kind'])));
  const prune = { ...(exclude !== undefined && { exclude }), ...(fits && { structure }) };
  const budget = goalFor(draft.budget, next);
  return { ...withProposals(draft, proposedEpochs(next, trained), before), paradigm: next.id, prune, budget };
}

/** Whether a budget says no more than what may be lost: as much goes as that allows. */
export const isFloorAlone = (budget: DraftPart): boolean =>
  budget['accuracyDrop'] !== undefined &&
  amountKindSchema.options.every((kind) => budget[kind] === undefined);

/** Share of the layers that is proposed to stay where layers are fused. */
const LAYERS = 0.7;

/** What was asked for, as far as the paradigm can be told it; where that is nothing, what it goes by. */
function goalFor(budget: DraftPart, { fuses }: ParadigmEntry): DraftPart {
  if (!fuses) {
    const { layers, ...rest } = budget;
    const asked = Object.keys(rest).some((key) => key !== 'time');
    return layers === undefined || asked ? rest : { ...demoRecipe.budget, ...rest };
  }
  const { time, layers, accuracyDrop } = budget;
  const other = FUSABLE.find((kind) => kind !== 'layers' && budget[kind] !== undefined);
  const enough = other !== undefined || isFloorAlone(budget);
  return {
    ...(layers === undefined && enough ? {} : { layers: layers ?? LAYERS }),
    ...(other !== undefined && { [other]: budget[other] }),
    ...(accuracyDrop !== undefined && { accuracyDrop }),
    ...(time !== undefined && { time }),
  };
}

/** Changes the network; names of what stays whole were those of the old one. A network that comes trained is not trained again, unless its method has to or a person asks. */
export function withNetwork(
  draft: DraftRecipe,
  network: string,
  entry: ParadigmEntry | undefined,
): DraftRecipe {
  const { exclude: _exclude, ...prune } = draft.prune;
  const { narrow: _narrow, output: _output, ...next } = { ...draft, network, prune };
  const zoo = !isModelPath(network);
  const kept = zoo && draft.narrow !== undefined ? { ...next, narrow: draft.narrow } : next;
  const [was, is] = [carriesWeights(draft), carriesWeights(kept)];
  if (was === is || entry === undefined) return kept;
  return withProposals(kept, proposedEpochs(entry, is), proposedEpochs(entry, was));
}

/** Epochs of training in all, as far as the recipe says; the paradigm's own where it leaves them open. */
export function epochsOf(draft: DraftRecipe, paradigm: ParadigmEntry | undefined): number {
  const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
  const prune =
    pruningEpochs(draft, paradigm) === null ? 0 : (draft.prune['epochs'] ?? pruningEpochs(draft, paradigm));
  return number(draft.dense?.['epochs']) + number(prune) + number(draft.finetune?.['epochs']);
}

/** Epochs of training while it is pruned that the paradigm proposes; null where it trains none meanwhile. */
export function pruningEpochs(draft: DraftRecipe, paradigm: ParadigmEntry | undefined): number | null {
  if (paradigm === undefined) return null;
  const heard = settingsNow(paradigm, draft.prune).some(({ field }) => field === 'epochs');
  return heard ? (paradigm.defaults.pruneEpochs ?? 0) : null;
}
