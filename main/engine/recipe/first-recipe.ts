import { amountKindSchema, shareKept, termOf, type Budget } from '../../contract/amount.ts';
import { EspalierError, inputError } from '../../contract/errors.ts';
import { carriesWeights, type RecipeInput } from '../../contract/recipe.ts';
import { askedWords } from '../../words/amounts.ts';
import { proposedEpochs } from '../../words/proposed-epochs.ts';
import { recommendedMethods } from '../../words/recommend.ts';
import { catalog } from './catalog.ts';
import { checkRecipe } from './check.ts';
import { commentedRecipe } from './commented.ts';

/** What a first recipe is of: any amount, or a loss of accuracy that is allowed. */
export const goalIds = [...amountKindSchema.options, 'accuracyDrop'] as const;
export type GoalId = (typeof goalIds)[number];

/** What a person was asked for. */
export interface FirstAnswers {
  /** A name of the zoo, or a path as the recipe's folder has it. */
  readonly network: string;
  readonly data: RecipeInput['data'];
  readonly budget: Budget;
}

/**
 * What an answer to 'how much' means for a goal: of sparsity the share that goes, of a loss the points that may be lost, of all
 * others what stays: a share ('50 %', '0.5'), a number ('100000'), or for a latency milliseconds ('2 ms').
 * @throws EspalierError where it is not such an answer
 */
export function budgetFrom(goal: GoalId, answer: string, field: string): Budget {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(%|ms|points?)?\s*$/.exec(answer) ?? [];
  const value = unit === '%' ? Number((Number(number) / 100).toFixed(6)) : Number(number);
  const wrong = (remedy: string) =>
    inputError('init/amount', `'${answer}' is not an amount for this goal.`, { field, remedy });
  if (number === '') throw wrong('Give a number, as in 90 %, 0.5 or 2 ms.');
  if (goal === 'latency' && unit === 'ms') return { latency: { ms: value, ...ONE_CALL } };
  if (unit === 'ms') throw wrong('Milliseconds are of latencies; give a share, as in 50 %.');
  if (goal === 'accuracyDrop') {
    if (unit === '%' || value > 100) throw wrong('Give percentage points up to 100, as in 1.');
    return { accuracyDrop: value };
  }
  if (unit.startsWith('point')) throw wrong('Points are of accuracy; give a share, as in 50 %.');
  if (goal === 'sparsity') {
    if (value <= 0 || value >= 1) throw wrong('Give the share that goes, as in 90 %.');
    return { sparsity: value };
  }
  const share = value > 0 && value <= 1;
  if (goal === 'latency') {
    if (!share) throw wrong('Give a share that stays, as in 50 %, or milliseconds, as in 2 ms.');
    return { latency: { kept: value, ...ONE_CALL } };
  }
  if (!share && (unit === '%' || value < 2 || !Number.isInteger(value)))
    throw wrong('Give the share that stays, as in 50 %, or a whole number.');
  return goal === 'bytes' ? { bytes: { kept: value, format: 'onnx', gzip: true } } : { [goal]: value };
}

const ONE_CALL = { batch: 1, threads: 1, target: 'onnxruntime' } as const;

/**
 * A recipe to begin with: the method that is recommended for these answers and can take them, with the epochs that it proposes.
 * @returns its text, which says what its fields are and what else there is
 * @throws EspalierError where no method can
 */
export function firstRecipe({ network, data, budget }: FirstAnswers): string {
  const trained = carriesWeights({ network });
  const term = termOf(budget);
  const kind = term?.kind ?? 'sparsity';
  // Zeros make downloads smaller and nothing faster; what else may be asked for takes whole channels.
  const leaves = kind !== 'sparsity' && kind !== 'bytes';
  const { paradigms } = catalog();
  const recipeOf = (id: string): RecipeInput | undefined => {
    const entry = paradigms.find((paradigm) => paradigm.id === id);
    if (entry === undefined) return undefined;
    const { dense, finetune } = proposedEpochs(entry, trained);
    return {
      network,
      data,
      seed: 1,
      ...(dense !== null && { dense: { epochs: dense } }),
      paradigm: id,
      budget,
      ...(leaves && { prune: { structure: { kind: 'channel' } } }),
      ...(finetune !== null && { finetune: { epochs: finetune } }),
      export: ['onnx', 'safetensors'],
    };
  };
  const facts = { trained, leaves, kind, kept: term && shareKept(term), hurry: false };
  const [method] = recommendedMethods(facts, (id) => checkRecipe(recipeOf(id)).recipe !== null);
  const recipe = method === undefined ? undefined : recipeOf(method.id);
  if (method === undefined || recipe === undefined) {
    // What speaks against the plainest method speaks against all.
    const [problem] = checkRecipe(recipeOf('magnitude-one-shot')).problems;
    throw problem === undefined
      ? inputError('init/no-method', 'No method can be recommended for these answers.', {
          remedy: 'Ask for less, or begin with a recipe of resources/recipes.',
        })
      : new EspalierError(problem);
  }
  const label = paradigms.find(({ id }) => id === method.id)?.label ?? method.id;
  const comments: Readonly<Partial<Record<keyof RecipeInput, string>>> = {
    network: trained
      ? 'Your model file, from the folder of this recipe; its weights are pruned as they came.'
      : 'A network of the zoo (espalier list networks), or the path of a model file.',
    data: 'What it is trained and measured on: digits, or {kind: idx|cifar|images|csv|npz, path: ...}; see docs/data.md.',
    seed: 'Everything random derives from it: the same recipe with the same seed gives the same network.',
    dense: 'Training of the dense network, before anything is pruned.',
    paradigm: `${label}. ${method.why} All methods: espalier list paradigms.`,
    budget: `What is asked for: ${askedWords(budget, leaves ? 'channels' : 'sparsity')}. Also: accuracyDrop (points that may be lost), time (seconds).`,
    prune: 'Whole channels leave the network, which then computes less in every runtime.',
    finetune: 'Training after the last pruning, with the mask held.',
    export: 'Files to leave behind: espalier list exports.',
  };
  const fields = Object.entries(recipe).map(([key, value]) => {
    const comment = comments[key as keyof RecipeInput];
    return { key, value, ...(comment !== undefined && { comment }) };
  });
  return commentedRecipe(
    [
      'Look at what it would do: espalier compress FILE --dry-run',
      'Run it: espalier compress FILE --out FOLDER',
    ],
    fields,
  );
}
