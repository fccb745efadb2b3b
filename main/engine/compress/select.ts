import { inputError, runError } from '../../contract/errors.ts';
import { prunableParams, sizeOf, type MaskSet, type Network, type WeightSet } from '../network/graph.ts';
import { Random } from '../random.ts';
import { criteria } from './criteria/index.ts';
import type { ScoreSet } from './criteria/criterion.ts';
import type { Selection } from './framework.ts';
import { scopes } from './scopes/index.ts';

/** What selecting needs to know of a run. */
export interface SelectionContext {
  readonly network: Network;
  readonly recipe: { readonly seed: number };
  readonly data: { readonly weights: WeightSet; readonly masks: MaskSet };
}

/**
 * Parameters that a selection may prune, in the network's order.
 * @throws EspalierError when an excluded name is no prunable parameter, or nothing is left to prune.
 */
export function candidates(network: Network, exclude: readonly string[]): string[] {
  const prunable = prunableParams(network);
  const unknown = exclude.find((name) => !prunable.includes(name));
  if (unknown !== undefined) {
    throw inputError(
      'prune/unknown-parameter',
      `'${unknown}' is not a prunable parameter of ${network.name}.`,
      {
        field: 'prune.exclude',
        remedy: `Prunable parameters are: ${prunable.join(', ')}.`,
      },
    );
  }
  const left = prunable.filter((name) => !exclude.includes(name));
  if (left.length > 0) return left;
  throw inputError('prune/nothing', `${network.name} has no weights left to prune.`, {
    field: 'prune.exclude',
    remedy: 'Exclude fewer parameters.',
  });
}

/** Masks that keep everything, for the parameters that a selection may prune. */
export function wholeMasks(network: Network, selection: Selection): MaskSet {
  return new Map(
    candidates(network, selection.exclude).map((name) => [
      name,
      new Uint8Array(sizeOf(network.params[name]?.shape ?? [])).fill(1),
    ]),
  );
}

/**
 * Scores the weights and selects masks of the given sparsity. What is pruned already ranks below everything that is kept,
 * so masks only shrink.
 * @param label names the draw of a random criterion, so that it can be repeated.
 */
export async function selectMasks(
  context: SelectionContext,
  selection: Selection,
  sparsity: number,
  label: string,
): Promise<MaskSet> {
  const { network, data, recipe } = context;
  const params = candidates(network, selection.exclude);
  const random = Random.from(recipe.seed, `criterion/${label}`);
  const criterion = criteria.get(selection.criterion);
  const scores = await criterion.score({ network, weights: data.weights, params, random });
  checkScores(scores, criterion.id);
  for (const [name, mask] of data.masks) {
    const part = scores.get(name);
    if (part !== undefined) mask.forEach((kept, i) => (kept === 0 ? (part[i] = -Infinity) : undefined));
  }
  return scopes.get(selection.scope).select(scores, sparsity);
}

function checkScores(scores: ScoreSet, criterion: string): void {
  for (const [name, part] of scores) {
    if (part.some(Number.isNaN)) {
      throw runError(
        'prune/nan-score',
        `The criterion '${criterion}' gave scores of ${name} that are not numbers.`,
        {
          remedy: 'The weights have probably diverged: lower the learning rate.',
        },
      );
    }
  }
}
