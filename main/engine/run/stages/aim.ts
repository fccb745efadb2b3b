import type { DynamicsSpec } from '../../compress/dynamics/dynamics.ts';
import type { Stage } from '../../compress/framework.ts';
import { scoresOf, selectedBy } from '../../compress/select.ts';
import { selecting, type RunContext } from '../context.ts';
import { Demands } from './demands.ts';

/** Finds on the weights as they stand how much the training that follows has to prune; nothing is pruned yet. */
export async function runAimStage(
  context: RunContext,
  { id, selection, target, demands }: Extract<Stage, { kind: 'aim' }>,
): Promise<void> {
  const { data, base } = context;
  const { network, weights, masks } = data.model;
  const scores = await scoresOf(selecting(context), selection, weights, masks, `${id}/0`);
  const asked = new Demands(context, demands, selection);
  const select = (share: number, by = selection) => selectedBy(network, by, scores, share, masks, base);
  const { share } = await asked.met(select, target, demands.progress[0] ?? 1, scores);
  data.aim = share;
}

/** Dynamics that go as far as was found; as they were planned where nothing had to be found. */
export function aimed(spec: DynamicsSpec, aim: number | null): DynamicsSpec {
  if (aim === null) return spec;
  // Schedules within a training are in proportion to what they lead to.
  const targets = spec.targets.map((each) => (spec.target === 0 ? aim : (each / spec.target) * aim));
  return { ...spec, target: aim, targets, selection: { ...spec.selection, end: aim } };
}
