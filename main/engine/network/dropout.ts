import type { Random } from '../base/random.ts';
import type { Network, TensorData } from './graph.ts';
import { sizeOf } from './graph.ts';
import { dropoutRate } from './ops/dropout.ts';
import { inferShapes } from './shape.ts';

/** A dropout layer: its rate and the shape of its mask, the batch first. */
export interface DropoutSite {
  readonly node: string;
  readonly rate: number;
  readonly shape: readonly number[];
}

/** The dropout layers that do something, for batches of this size. */
export function dropoutSites(network: Network, batch: number): DropoutSite[] {
  const nodes = network.nodes.filter((node) => node.op === 'Dropout' && dropoutRate(node) > 0);
  if (nodes.length === 0) return [];
  const shapes = inferShapes(network, batch);
  return nodes.map((node) => ({
    node: node.name,
    rate: dropoutRate(node),
    shape: shapes.get(node.inputs[0] ?? '') ?? [],
  }));
}

/** A keep mask, scaled so that its expectation is 1: 1 / (1 - rate) with probability 1 - rate, else 0. */
export function drawDropoutMask(site: DropoutSite, random: Random): TensorData {
  const kept = 1 / (1 - site.rate);
  const data = new Float32Array(sizeOf(site.shape));
  for (let i = 0; i < data.length; i++) data[i] = random.float() < site.rate ? 0 : kept;
  return { shape: site.shape, data };
}
