import type { Network, Node, ParamInfo, TensorData, WeightSet } from '../graph.ts';
import { paramsInOrder } from '../graph.ts';
import type { Model } from '../model.ts';
import { freshOptimizer } from '../model.ts';
import { verifyNetwork } from '../verify.ts';
import type { Affine } from './best-affine.ts';
import type { Pair } from './pairs.ts';

/** The fused layer's name. */
export const fusedName = ({ first, second }: Pick<Pair, 'first' | 'second'>): string => `${first}-${second}`;

/**
 * The network with one affine layer in place of two and of what lay between them: it reads what the first one read and makes what
 * the second one made, so that whatever stands behind them stays. Its weights begin by He et al. 2015, its biases with zero.
 */
export function fuse(network: Network, pair: Pair): Network {
  const { first, second, between, reach, inputs, outputs } = pair;
  const of = (name: string): Node => {
    const node = network.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`'${network.name}' has no layer '${name}'`);
    return node;
  };
  const [before, after] = [of(first), of(second)];
  const name = fusedName(pair);
  const params = { weight: `${name}.weight`, bias: `${name}.bias` };
  const flat = `${name}.flatten`;
  const flattens = reach === null && before.op === 'Conv2D';
  const fused: Node = {
    name,
    op: after.op,
    inputs: flattens ? [flat] : before.inputs,
    outputs: after.outputs,
    params,
    attrs: reach === null ? {} : { strides: reach.strides, pads: reach.pads, dilations: [1, 1], group: 1 },
  };
  const flatten: Node = {
    name: flat,
    op: 'Flatten',
    inputs: before.inputs,
    outputs: [flat],
    params: {},
    attrs: {},
  };
  const gone = new Set([first, second, ...between]);
  const nodes = network.nodes.flatMap((node) => {
    if (node === after) return flattens ? [flatten, fused] : [fused];
    return gone.has(node.name) ? [] : [node];
  });
  const kept = new Set(paramsInOrder({ nodes }));
  const channels = reach === null ? inputs : inputs / (reach.kernel[0] * reach.kernel[1]);
  const added: Record<string, ParamInfo> = {
    [params.weight]: {
      shape: [outputs, channels, ...(reach?.kernel ?? [])],
      role: 'weight',
      init: { kind: 'he-normal' },
    },
    [params.bias]: { shape: [outputs], role: 'bias', init: { kind: 'zeros' } },
  };
  const stay = Object.entries(network.params).filter(([param]) => kept.has(param));
  const shallower = { ...network, nodes, params: { ...Object.fromEntries(stay), ...added } };
  verifyNetwork(shallower);
  return shallower;
}

/** The model of a network that was fused: the fused layer has these numbers, all others theirs, and no optimiser has seen them. */
export function fusedModel({ weights, masks }: Model, network: Network, pair: Pair, affine: Affine): Model {
  const name = fusedName(pair);
  const filled = new Map([
    [`${name}.weight`, affine.weight],
    [`${name}.bias`, affine.bias],
  ]);
  const entries = paramsInOrder(network).map((param): [string, TensorData] => {
    const values = filled.get(param);
    const kept = weights.get(param);
    if (values !== undefined)
      return [param, { shape: network.params[param]?.shape ?? [], data: Float32Array.from(values) }];
    if (kept === undefined) throw new Error(`there are no numbers of '${param}'`);
    return [param, kept];
  });
  const ours: WeightSet = new Map(entries);
  return {
    network,
    weights: ours,
    masks: new Map([...masks].filter(([param]) => ours.has(param) && !filled.has(param))),
    optimizer: freshOptimizer(),
  };
}
