import { inputError } from '../../../contract/errors.ts';
import { carriesWeights, type RecipeInput } from '../../../contract/recipe.ts';
import { proposedEpochs } from '../../../words/proposed-epochs.ts';
import { catalog } from '../catalog.ts';
import { commentedRecipe } from '../commented.ts';
import type { ReadForeign } from './index.ts';
import type { Lost } from './page.ts';

/** What such files do not say. */
interface Beside {
  readonly network: string;
  readonly data: RecipeInput['data'];
  /** In place of the file's, or where it has none; a share. */
  readonly sparsity: number | undefined;
}

/**
 * Another program's recipe as one of ours; what it could not say stands above it, line by line.
 * @throws EspalierError where neither the file nor the person says how much goes
 */
export function recipeOfForeign({ label, plan, lost }: ReadForeign, file: string, beside: Beside): string {
  const { network, data } = beside;
  const sparsity = beside.sparsity ?? plan.sparsity;
  if (sparsity === null) {
    throw inputError(
      'foreign/no-share',
      'This keeps the zeros that the network came with, and does not say how many.',
      {
        file,
        field: '--sparsity',
        remedy: 'Give their share, as espalier inspect tells it.',
      },
    );
  }
  const entry = catalog().paradigms.find(({ id }) => id === plan.paradigm);
  // A network that has to be trained first is, for as long as the method proposes, where the file does not say.
  const proposed = entry && proposedEpochs(entry, carriesWeights({ network })).dense;
  const dense = plan.dense ?? (typeof proposed === 'number' ? { epochs: proposed } : undefined);
  const recipe: RecipeInput = {
    network,
    data,
    ...(dense !== undefined && { dense }),
    paradigm: plan.paradigm,
    budget: { sparsity },
    ...(Object.keys(plan.prune).length > 0 && { prune: plan.prune }),
    ...(plan.finetune !== undefined && { finetune: plan.finetune }),
    export: ['onnx', 'safetensors'],
  };
  const head = [
    `From ${file}: ${label}.`,
    ...(lost.length === 0
      ? []
      : ['What a recipe cannot say of it:', ...lost.map((one) => `  ${lostWords(one)}`)]),
  ];
  return commentedRecipe(
    head,
    Object.entries(recipe).map(([key, value]) => ({ key, value })),
  );
}

/** 'line 12, pruning_modifiers[0].init_sparsity: pruning begins with no zeros'. */
export function lostWords({ line, field, why }: Lost): string {
  return `line ${line}${field === '' ? '' : `, ${field}`}: ${why}`;
}
