import { networkCost } from '../network/cost.ts';
import { prunableParams, sizeOf, type Network } from '../network/graph.ts';
import type { ZooEntry, ZooOptions } from './entry.ts';

/** Halvings of the interval of widths: finer than a single unit of any layer. */
const HALVINGS = 24;

export interface Narrowed {
  readonly network: Network;
  /** Factor on every hidden layer. */
  readonly width: number;
  readonly parameters: number;
  /** What the network of full width would be left with at that sparsity. */
  readonly wanted: number;
}

/**
 * The free baseline of every pruning method: a dense network of the same architecture, all hidden layers narrower by the same
 * factor, with as many parameters as pruning leaves of the full one. Layers have whole units, so the number is met nearly.
 * @param sparsity of the full network's prunable weights, 0..1
 */
export function narrowed(entry: ZooEntry, options: Omit<ZooOptions, 'width'>, sparsity: number): Narrowed {
  const full = entry.build(options);
  const prunable = prunableParams(full).reduce(
    (sum, name) => sum + sizeOf(full.params[name]?.shape ?? []),
    0,
  );
  const wanted = networkCost(full).parameters - Math.round(prunable * sparsity);
  const at = (width: number): Narrowed => {
    const network = entry.build({ ...options, width });
    return { network, width, parameters: networkCost(network).parameters, wanted };
  };
  let [low, high] = [at(1e-6), at(1)];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = at((low.width + high.width) / 2);
    if (middle.parameters > wanted) high = middle;
    else low = middle;
  }
  return wanted - low.parameters <= high.parameters - wanted ? low : high;
}
