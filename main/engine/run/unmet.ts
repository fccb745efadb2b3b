import { shareKept, type Term } from '../../contract/amount.ts';
import { inputError } from '../../contract/errors.ts';
import { amountWords, measuredWords } from '../../words/amounts.ts';
import { formatShare } from '../../words/format.ts';
import { limitOf, measureTerm, refuseWhole } from '../compress/budgets/terms.ts';
import type { Stage } from '../compress/framework.ts';
import { candidates, selectedBy, unitsOf } from '../compress/select.ts';
import type { Weighed } from '../network/model.ts';
import { timing } from './results/timing.ts';
import { prunedBy } from './stages/demands.ts';

/** Nearly everything that may go. */
const MOST = 1 - 2 ** -16;

/**
 * Refuses demands that only measuring tells and that nothing meets, or everything: the network is made as small as pruning makes it,
 * and measured. What the weights are makes no difference to that.
 * @throws EspalierError saying what can be reached, or that there is nothing to do
 */
export async function refuseUnmet(stages: readonly Stage[], { network, weights }: Weighed): Promise<void> {
  const stage = stages.find((each) => each.kind === 'prune' && each.demands !== undefined);
  if (stage?.kind !== 'prune' || stage.demands === undefined) return;
  const { selection, demands } = stage;
  const units = unitsOf(network, selection);
  const scores = new Map(
    (units.scored ?? candidates(network, selection.exclude)).map((name) => [
      name,
      (weights.get(name)?.data ?? new Float32Array()).map(Math.abs),
    ]),
  );
  const whole = { network, weights };
  const { masks } = selectedBy(network, selection, scores, MOST);
  const least = prunedBy(masks, whole, demands.leaves);
  let asks = !demands.free;
  for (const term of demands.terms) {
    const { before, after } = await measureTerm(term, { whole, model: least }, timing);
    const limit = limitOf(term, before);
    asks ||= limit < before;
    if (after > limit) throw unreachable(term, before, after, network.name);
  }
  const [first] = demands.terms;
  if (asks || first === undefined) return;
  const { before } = await measureTerm(first, { whole, model: least }, timing);
  refuseWhole(first, before, network.name);
}

function unreachable(term: Term, before: number, after: number, name: string): Error {
  const of = measuredWords(term);
  const least = amountWords(term.kind, after);
  const share = formatShare(after / before);
  const asked = shareKept(term) === undefined ? amountWords(term.kind, term.value) : formatShare(term.value);
  return inputError(
    'budget/unreachable',
    `With all that may go pruned, ${name} still has ${least}${of === '' ? '' : ` (${of})`}, ${share} of what it had, and the budget asks for ${asked}.`,
    { field: `budget.${term.kind}`, remedy: `Ask for more than ${share}.` },
  );
}
