import { freshParam } from './fresh-param.ts';
import type { Network, Node, WeightSet } from './graph.ts';
import type { Weighed } from './model.ts';
import { countAttr } from './node-reading.ts';
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

/** By layer, the name of its new bias. */
export type NewBiases = Readonly<Record<string, string>>;

interface Shifted extends Weighed {
  readonly biases: NewBiases;
}

/**
 * Adds a constant to every channel of some layers' outputs.
 * @param shifts by layer, for each channel of its output; only layers that have a place for it
 */
export function shiftOutputs(model: Weighed, shifts: ReadonlyMap<Node, Float64Array>): Shifted {
  let { network } = model;
  const biases: Record<string, string> = {};
  const weights: WeightSet = new Map(model.weights);
  for (const [node, shift] of shifts) {
    const place = placeOfShift(model.network, node);
    if (place === undefined) throw new Error(`${node.op} '${node.name}' has no place for a constant`);
    if (place === 'new bias') {
      const name = freshParam(network, `${node.name}.bias`);
      biases[node.name] = name;
      network = withBiases(network, { [node.name]: name });
      weights.set(name, { shape: [shift.length], data: Float32Array.from(shift) });
    } else {
      const before = weights.get(place.param);
      const data = Float32Array.from(shift, (amount, i) => (before?.data[i] ?? 0) + place.sign * amount);
      weights.set(place.param, { shape: [shift.length], data });
    }
  }
  return { network, weights, biases };
}

/** The same network with biases for layers that have none. */
export function withBiases(network: Network, biases: NewBiases): Network {
  const params = { ...network.params };
  const nodes = network.nodes.map((node) => {
    const bias = biases[node.name];
    if (bias === undefined) return node;
    params[bias] = { shape: [widthOf(network, node)], role: 'bias', init: { kind: 'zeros' } };
    return { ...node, params: { ...node.params, bias } };
  });
  return Object.keys(biases).length === 0 ? network : { ...network, nodes, params };
}

/** How many channels a layer with weights makes. */
function widthOf({ params }: Network, node: Node): number {
  const { shape = [] } = params[node.params['weight'] ?? ''] ?? {};
  const { makesChannels } = opOf(node);
  return makesChannels === true ? (shape[0] ?? 0) : (shape[1] ?? 0) * countAttr(node, 'group', 1);
}
