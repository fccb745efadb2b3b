import { inputError } from '../../contract/errors.ts';
import type { Network } from './graph.ts';
import { nodeError, showShape } from './node-reading.ts';
import { opOf } from './ops/index.ts';

/** Bound on the number of elements of one value for one sample: far above any real network, far below a crash. */
const MAX_ELEMENTS = 2 ** 31;

/**
 * The shape of every value of the network, the batch first.
 * @throws EspalierError naming the node whose shapes do not fit.
 */
export function inferShapes(network: Network, batch: number): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const input of network.inputs) shapes.set(input.name, [batch, ...input.shape]);
  for (const node of network.nodes) {
    const inputs = node.inputs.map((name) => {
      const shape = shapes.get(name);
      if (shape === undefined) throw nodeError(node, `reads '${name}', which nothing before it makes`);
      return shape;
    });
    const outputs = opOf(node).infer(node, inputs, network);
    if (outputs.length !== node.outputs.length) {
      throw nodeError(node, `has ${outputs.length} outputs, but names ${node.outputs.length}`);
    }
    node.outputs.forEach((name, i) => {
      const shape = outputs[i] ?? [];
      const perSample = shape.slice(1).reduce((size, dim) => size * dim, 1);
      if (!shape.every((dim) => Number.isSafeInteger(dim) && dim > 0) || perSample > MAX_ELEMENTS) {
        throw nodeError(node, `would make a value of shape ${showShape(shape)}`);
      }
      shapes.set(name, shape);
    });
  }
  return shapes;
}

/** Name of the value that holds the logits. */
export function logitsName(network: Network): string {
  const name = network.outputs.at(-1);
  if (name === undefined) throw inputError('network/invalid', `network '${network.name}' has no output`);
  return name;
}

/** Number of classes: the size of the logits of one sample. */
export function classCount(network: Network): number {
  const [, ...sample] = inferShapes(network, 1).get(logitsName(network)) ?? [];
  return sample.reduce((size, dim) => size * dim, 1);
}
