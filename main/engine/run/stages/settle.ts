import { copyWeights } from '../../compress/masks.ts';
import type { RunContext } from '../context.ts';
import { outcomeWords } from './judge.ts';
import { find, warn } from './warnings.ts';

/** Goes back to the best attempt that held, or to the dense network, and says what the next step would have cost. */
export async function runSettleStage(context: RunContext): Promise<void> {
  const { data, recipe } = context;
  const { search, snapshots } = data;
  if (search === null) throw new Error('a search begins with the dense network');
  const { best, outcomes } = search;
  const kept = snapshots.get(best === null ? 'start' : 'best');
  if (kept === undefined) throw new Error('every attempt begins with a network');
  data.model = { ...kept, weights: copyWeights(kept.weights), masks: new Map(best?.masks) };
  data.removals = [...(best?.removals ?? [])];
  const held = best === null ? undefined : outcomes[best.attempt];
  const next = outcomes
    .filter(({ holds }) => !holds)
    .toSorted((a, b) => a.share - b.share)
    .at(0);
  const costs = next === undefined ? '' : ` The next step that was tried: ${outcomeWords(next, recipe)}.`;
  if (held !== undefined) {
    const which =
      outcomes.length === 1 ? 'The only attempt holds' : `Of ${outcomes.length} attempts this one is taken`;
    find(context, `${which}: ${outcomeWords(held, recipe)} on validation.${costs}`);
  } else {
    warn(context, `No attempt held the floor under accuracy: the network is left whole.${costs}`);
  }
}
