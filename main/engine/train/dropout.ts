import type { HostRecord } from '../backend/backend.ts';
import type { Network } from '../network/graph.ts';
import { inferShapes } from '../network/shape.ts';
import type { Random } from '../random.ts';

/**
 * Keep masks of a network's dropout nodes, drawn on the host: a step stays a pure function of its inputs, and a resumed epoch
 * repeats its draws. Inverted dropout (Srivastava et al. 2014): kept values are scaled by 1 / (1 - rate).
 * @returns a function from batch size to masks by node name, each [batch, ...shape]; empty for networks without dropout.
 */
export function dropoutMasksFor(network: Network, random: Random): (batch: number) => HostRecord {
  const nodes = network.nodes.filter((node) => node.op === 'Dropout' && Number(node.attrs.rate) > 0);
  if (nodes.length === 0) return () => ({});
  const shapes = inferShapes(network, 1);
  return (batch) =>
    Object.fromEntries(
      nodes.map((node) => {
        const rate = Number(node.attrs.rate);
        const shape = [batch, ...(shapes.get(node.inputs[0] as string) ?? []).slice(1)];
        const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
        for (let i = 0; i < data.length; i++) data[i] = random.float() < rate ? 0 : 1 / (1 - rate);
        return [node.name, { shape, data }];
      }),
    );
}
