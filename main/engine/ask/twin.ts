import type { CouplingOptions } from '../../contract/groups.ts';
import type { Subject } from '../compress/budgets/budget.ts';
import type { MaskSet } from '../network/graph.ts';
import { drawn, prunedBy } from '../run/stages/demands.ts';
import type { Foreseen } from './foresee.ts';

/** What of a plan twins are made by. */
type Planned = Pick<Foreseen, 'context' | 'stages'>;

/** By which couplings what is pruned leaves the network; undefined where it stays as zeros. */
export function leavesOf({ stages }: Pick<Planned, 'stages'>): CouplingOptions | undefined {
  for (const stage of stages) if (stage.kind === 'shrink') return stage.coupling;
  return undefined;
}

/** The network as it came, with weights of no meaning. */
export const wholeOf = ({ context: { base, recipe } }: Planned): Subject['model'] => ({
  ...drawn(base, recipe.seed),
  masks: new Map(),
});

/** The network that masks plan, with weights of no meaning: narrower where channels leave, with zeros elsewhere. */
export function twinOf(planned: Planned, masks: MaskSet): Subject['model'] {
  const { base, recipe } = planned.context;
  return prunedBy(masks, drawn(base, recipe.seed), leavesOf(planned));
}
