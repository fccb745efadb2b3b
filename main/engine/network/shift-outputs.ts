import { freshParam } from './fresh-param.ts';
import type { Network, Node, WeightSet } from './graph.ts';
import type { Weighed } from './model.ts';
import { opOf } from './ops/index.ts';

/** Where a constant that is added to a layer's output goes. */
type Place = { readonly param: string; readonly sign: 1 | -1 } | 'new bias';

/**
 * Where a layer's output can be shifted: its own bias; where it has none, against the mean of the batch norm that alone reads it;
 * else a new bias. Undefined where these numbers are also others'.
 */
export function placeOfShift({ nodes, outputs }: Network, node: Node): Place | undefined {
  const users = (param: string) => nodes.filter(({ params }) => Object.values(params).includes(param)).length;
  const own = (param: string, sign: 1 | -1) => (users(param) === 1 ? { param, sign } : undefined);
  const bias = node.params['bias'];
  if (bias !== undefined) return own(bias, 1);
  const [output = ''] = node.outputs;
  const [reader, ...others] = nodes.filter(({ inputs }) => inputs.includes(output));
  const mean = reader?.params['mean'];
  const alone = reader !== undefined && others.length === 0 && !outputs.includes(output);
  if (alone && opOf(reader).runningStatistics && mean !== undefined) return own(mean, -1);
  return 'new bias';
}

/**
 * Adds a constant to every channel of some layers' outputs.
 * @param shifts by layer, for each channel of its output; only layers that have a place for it
 */
export function shiftOutputs(model: Weighed, shifts: ReadonlyMap<Node, Float64Array>): Weighed {
  let { network } = model;
  const weights: WeightSet = new Map(model.weights);
  for (const [node, shift] of shifts) {
    const place = placeOfShift(model.network, node);
    if (place === undefined) throw new Error(`${node.op} '${node.name}' has no place for a constant`);
    if (place === 'new bias') {
      const name = freshParam(network, `${node.name}.bias`);
      network = withBias(network, node.name, name, shift.length);
      weights.set(name, { shape: [shift.length], data: Float32Array.from(shift) });
    } else {
      const before = weights.get(place.param);
      const data = Float32Array.from(shift, (amount, i) => (before?.data[i] ?? 0) + place.sign * amount);
      weights.set(place.param, { shape: [shift.length], data });
    }
  }
  return { network, weights };
}

function withBias(network: Network, layer: string, bias: string, size: number): Network {
  return {
    ...network,
    nodes: network.nodes.map((node) =>
      node.name === layer ? { ...node, params: { ...node.params, bias } } : node,
    ),
    params: { ...network.params, [bias]: { shape: [size], role: 'bias', init: { kind: 'zeros' } } },
  };
}
