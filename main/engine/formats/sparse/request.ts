import type { ExportRequest } from '../export-format.ts';
import { asItCame } from '../as-it-came.ts';
import type { Tuning } from './lower/lowering.ts';
import type { MaskSet, Network, WeightSet } from '../../network/graph.ts';
import { makePlan } from './make-plan.ts';
import type { Plan } from './plan.ts';

/** The plan that a target makes of what an export is to write, with the ends of the file that the network came from, and what could not stay. */
export function planOf(
  request: Pick<ExportRequest, 'network' | 'weights' | 'masks' | 'signature' | 'logits'>,
  planned: (network: Network, weights: WeightSet, masks: MaskSet) => Plan,
): { plan: Plan; notes: readonly string[] } {
  const { network, types, changes } = asItCame(request, 'as written');
  const other = [...types].map(([name, type]) => `'${name}' is float32, where it was ${type}.`);
  const plan = planned(network, request.weights, request.masks);
  return { plan, notes: [...changes, ...other] };
}

/**
 * Refuses what has no kernels. Nothing of the weights matters for that: as zeros they cost the least.
 * @throws EspalierError naming the layer
 */
export function refuseUnplanned(network: Network, weights: WeightSet, tuning: Tuning): void {
  const zeros = new Map(
    [...weights].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]),
  );
  makePlan(network, zeros, new Map(), tuning);
}
