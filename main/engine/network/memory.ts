import { sizeOf, type Network } from './graph.ts';
import { inferShapes } from './shape.ts';

const FLOAT_BYTES = 4;

/**
 * Bytes of the values of one sample that must be held at once, in float32: the most that the inputs, outputs and values still
 * needed take while a layer computes, layer after layer in the network's order, if a value is freed after its last reader and no
 * layer writes over its input. Weights are not counted. A runtime that works in place or by tiles needs less.
 */
export function peakActivationBytes(network: Network): number {
  const shapes = inferShapes(network, 1);
  const bytes = (name: string) => sizeOf(shapes.get(name) ?? []) * FLOAT_BYTES;
  const lastReader = new Map<string, number>();
  for (const [i, { inputs }] of network.nodes.entries()) for (const name of inputs) lastReader.set(name, i);
  for (const name of network.outputs) lastReader.set(name, Infinity);
  let held = network.inputs.reduce((sum, { name }) => sum + bytes(name), 0);
  let peak = held;
  for (const [i, { inputs, outputs }] of network.nodes.entries()) {
    held += outputs.reduce((sum, name) => sum + bytes(name), 0);
    peak = Math.max(peak, held);
    // A value that nobody reads is gone at once.
    for (const name of new Set([...inputs, ...outputs])) {
      if ((lastReader.get(name) ?? i) === i) held -= bytes(name);
    }
  }
  return peak;
}
