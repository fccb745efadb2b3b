import type { Promised } from '../../../contract/amount.ts';
import { formatCount, formatPercent, formatShare } from '../../../words/format.ts';
import { reductionOf } from '../../compress/budgets/reduction.ts';
import { overallSparsity } from '../../compress/masks.ts';
import { fitted, unitsOf } from '../../compress/select.ts';
import { structures } from '../../compress/structures/index.ts';
import type { RunContext } from '../context.ts';

/** What a sparsity came to that counts channels. */
export interface ChannelsGone {
  readonly promise: Promised;
  /** The same in words, and what it makes of the weights. */
  readonly words: string;
}

/** What became of the channels that a run's selection could prune; undefined where it prunes no channels by count. */
export function channelsGone({ stages, recipe, base, data }: RunContext): ChannelsGone | undefined {
  const [selection] = stages.flatMap((stage) => {
    const own = stage.kind === 'prune' ? stage.selection : undefined;
    return own ?? (stage.kind === 'train' ? (stage.dynamics?.selection ?? []) : []);
  });
  if (selection === undefined || recipe.budget.sparsity === undefined) return undefined;
  const { structure } = fitted(base, selection);
  if (structures.get(structure?.kind ?? 'element').countsChannels !== true) return undefined;
  const units = unitsOf(base, selection);
  const before = units.groups.reduce((sum, group) => sum + group.units, 0);
  const after = units.left?.(data.model) ?? before;
  const asked = (1 - reductionOf(recipe.budget)) * before;
  const weights = formatPercent(overallSparsity(data.model.network, data.model.masks, base), 1);
  return {
    promise: { kind: 'channels', before, asked, after },
    words: `${formatCount(before - after)} of the ${formatCount(before)} channels that may leave are pruned; asked for: ${formatShare(recipe.budget.sparsity)} of them. With all that makes and reads them, that is ${weights} of the prunable weights.`,
  };
}
