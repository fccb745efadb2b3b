import { trainSpecSchema } from '../../main/contract/recipe.ts';
import type { Recipe } from '../../main/contract/recipe.ts';
import { dataSource } from '../../main/contract/data.ts';
import type { ParadigmEntry } from '../../main/contract/catalog.ts';
import { settingsNow } from '../text/settings.ts';

/** A recipe on its way: the same fields, any of which may be missing or wrong until the check says otherwise. */
export interface DraftRecipe {
  name?: string;
  network: string;
  /** Of a model file with several outputs: the one that is wanted. */
  output?: string;
  data: DraftPart & { kind: string };
  seed?: number;
  dense?: DraftPart;
  paradigm: string;
  budget: DraftPart;
  prune: DraftPart;
  finetune?: DraftPart;
  export: string[];
}
type DraftPart = Readonly<Record<string, unknown>>;

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

/** Leaves out what is as the schema has it anyway, so that the draft, and its YAML, hold what a person chose. */
function chosen(train: Recipe['dense']): DraftPart | undefined {
  if (train === undefined) return undefined;
  const defaults: DraftPart = trainSpecSchema.parse({ epochs: 0 });
  const entries = Object.entries(train).filter(
    ([key, value]) => key === 'epochs' || JSON.stringify(value) !== JSON.stringify(defaults[key]),
  );
  return Object.fromEntries(entries);
}

/** The draft that a run's recipe gives, to be changed and started again. */
export function draftOf(recipe: Recipe): DraftRecipe {
  const dense = chosen(recipe.dense);
  const finetune = chosen(recipe.finetune);
  return {
    ...(recipe.name === undefined ? {} : { name: recipe.name }),
    network: recipe.network,
    data: recipe.data === 'digits' ? { kind: 'digits' } : { ...dataSource(recipe.data) },
    seed: recipe.seed,
    ...(dense === undefined ? {} : { dense }),
    paradigm: recipe.paradigm,
    budget: { ...recipe.budget },
    prune: { ...recipe.prune },
    ...(finetune === undefined ? {} : { finetune }),
    export: [...recipe.export],
  };
}

/**
 * Changes the paradigm. Epochs that the old paradigm proposed give way to those of the new one; epochs that a person
 * set stay, wherever the new paradigm has that stage.
 */
export function withParadigm(
  draft: DraftRecipe,
  next: ParadigmEntry,
  previous: ParadigmEntry | undefined,
): DraftRecipe {
  const stage = (name: 'dense' | 'finetune'): DraftPart | undefined => {
    const proposed = next.defaults[name];
    if (proposed === null) return undefined;
    const old = draft[name];
    if (old === undefined) return { epochs: proposed };
    const untouched = previous !== undefined && old['epochs'] === previous.defaults[name];
    return untouched ? { ...old, epochs: proposed } : old;
  };
  const rest = { ...draft };
  delete rest.dense;
  delete rest.finetune;
  const dense = stage('dense');
  const finetune = stage('finetune');
  return {
    ...rest,
    paradigm: next.id,
    prune: {},
    ...(dense === undefined ? {} : { dense }),
    ...(finetune === undefined ? {} : { finetune }),
  };
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
