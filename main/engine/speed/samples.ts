import { Random } from '../base/random.ts';
import type { Network } from '../network/graph.ts';
import { sizeOf } from '../network/graph.ts';

/** Numbers to run a network on: times do not depend on them. [batch, ...sample], row-major. */
export function samplesFor({ inputs: [input] }: Network, batch: number): Float32Array {
  const random = Random.from(1, 'latency');
  return Float32Array.from({ length: sizeOf(input?.shape ?? []) * batch }, () => random.normal());
}
