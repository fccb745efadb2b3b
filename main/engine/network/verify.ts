import type { EspalierError } from '../../contract/errors.ts';
import { inputError } from '../../contract/errors.ts';
import type { Network, WeightSet } from './graph.ts';
import { paramsInOrder, sizeOf } from './graph.ts';
import { nodeError, showShape } from './node-reading.ts';
import { inferShapes } from './shape.ts';

function invalid(message: string, field: string): EspalierError {
  return inputError('network/invalid', message, { field });
}

/**
 * Checks all that the engine relies on: node and value names are unique, a node only reads what stands before it (so the
 * graph has no cycles), every parameter exists, is used and has the shape its node needs, every output is made.
 * @throws EspalierError naming the first place that is wrong.
 */
export function verifyNetwork(network: Network): void {
  const nodes = new Set<string>();
  const values = new Set<string>();
  for (const { name, shape } of network.inputs) {
    if (values.has(name)) throw invalid(`two inputs are named '${name}'`, name);
    if (!shape.every(isDimension))
      throw invalid(`input '${name}' has the impossible shape ${showShape(shape)}`, name);
    values.add(name);
  }
  for (const node of network.nodes) {
    if (nodes.has(node.name)) throw invalid(`two layers are named '${node.name}'`, node.name);
    nodes.add(node.name);
    const missing = node.inputs.find((name) => !values.has(name));
    if (missing !== undefined) {
      throw nodeError(node, `reads '${missing}', which nothing before it makes (a cycle or a wrong order)`);
    }
    for (const name of node.outputs) {
      if (values.has(name)) throw nodeError(node, `makes '${name}', which is made already`);
      values.add(name);
    }
  }
  verifyParams(network);
  for (const name of network.outputs) {
    if (!values.has(name)) throw invalid(`output '${name}' is made by no layer`, name);
  }
  if (network.outputs.length === 0) throw invalid(`network '${network.name}' has no output`, network.name);
  inferShapes(network, 1);
}

function verifyParams(network: Network): void {
  const used = new Set(paramsInOrder(network));
  for (const [name, { shape }] of Object.entries(network.params)) {
    if (!used.has(name)) throw invalid(`parameter '${name}' belongs to no layer`, name);
    if (!shape.every(isDimension))
      throw invalid(`parameter '${name}' has the impossible shape ${showShape(shape)}`, name);
  }
  for (const node of network.nodes) {
    for (const name of Object.values(node.params)) {
      if (network.params[name] === undefined) throw nodeError(node, `names an unknown parameter '${name}'`);
    }
  }
}

function isDimension(dim: number): boolean {
  return Number.isSafeInteger(dim) && dim > 0;
}

/**
 * Checks that the numbers belong to the network: every parameter is there, in its shape, and nothing else.
 * @param finite also refuse NaN and infinities (the default)
 */
export function verifyWeights(network: Network, weights: WeightSet, finite = true): void {
  for (const [name, { shape }] of Object.entries(network.params)) {
    const values = weights.get(name);
    if (values === undefined) throw invalid(`there are no values for parameter '${name}'`, name);
    if (values.shape.join() !== shape.join() || values.data.length !== sizeOf(shape)) {
      throw invalid(
        `parameter '${name}' should be ${showShape(shape)}, but its values are ${showShape(values.shape)}`,
        name,
      );
    }
    const wrong = finite ? values.data.findIndex((value) => !Number.isFinite(value)) : -1;
    if (wrong >= 0)
      throw invalid(`parameter '${name}' holds ${values.data[wrong]} at position ${wrong}`, name);
  }
  for (const name of weights.keys()) {
    if (network.params[name] === undefined) throw invalid(`the network has no parameter '${name}'`, name);
  }
}
