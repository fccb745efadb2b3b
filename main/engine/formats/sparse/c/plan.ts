import type { MaskSet, Network, WeightSet } from '../../../network/graph.ts';
import { makePlan } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { C_FORMS } from '../tuning.ts';
import { constantBytes } from './constants.ts';

/** What constants may take beyond the least that the same values can take. */
const ROOM = 1.1;

/**
 * A network's plan for C: of its forms the fastest whose constants take at most 1.1 times what no form can be below, or the smallest.
 * @throws EspalierError naming the layer that cannot be written
 */
export function planForC(
  network: Network,
  weights: WeightSet,
  masks: MaskSet,
  options: { readonly eightBits?: boolean } = {},
): Plan {
  const [first, ...smaller] = C_FORMS.map(
    (tuning) => () => makePlan(network, weights, masks, tuning, options),
  );
  if (first === undefined) throw new Error('C has no form');
  let best = first();
  const limit = ROOM * leastBytes(best, options.eightBits === true ? 1 : 4);
  for (const next of smaller) {
    if (constantBytes(best.data) <= limit) break;
    const plan = next();
    if (constantBytes(plan.data) < constantBytes(best.data)) best = plan;
  }
  return best;
}

/**
 * The least that a plan's constants can take: each weight that is kept, the entropy of where they are in their layer, and the biases and
 * scales, which nothing makes smaller.
 * @param weightBytes of one weight
 */
function leastBytes(plan: Plan, weightBytes: number): number {
  const lists = plan.layers.reduce(
    (sum, { weights, kept }) => sum + kept * weightBytes + (weights * entropy(kept / weights)) / 8,
    0,
  );
  const others = new Set(
    plan.steps.flatMap(({ kernel, args }) =>
      args.flatMap((arg, i) => {
        const param = kernel.params[i];
        return arg.is === 'data' && param?.kind === 'floats' && param.name !== 'weights' ? [arg.data] : [];
      }),
    ),
  );
  return lists + constantBytes([...others].flatMap((index) => plan.data[index] ?? []));
}

/** Bits of whether a weight is kept, of which this share is. */
const entropy = (share: number): number =>
  [share, 1 - share].reduce((sum, p) => sum - (p > 0 ? p * Math.log2(p) : 0), 0);
