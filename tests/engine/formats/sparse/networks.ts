import { Random } from '../../../../main/engine/base/random.ts';
import type { MaskSet, Network, Node, ParamInfo, WeightSet } from '../../../../main/engine/network/graph.ts';
import { prunableParams, sizeOf } from '../../../../main/engine/network/graph.ts';
import { inferShapes } from '../../../../main/engine/network/shape.ts';
import type { OneOp } from '../../network/run.ts';
import { oneOpNetwork } from '../../network/run.ts';

/** A share of every prunable parameter is pruned, drawn at random; where `empty` says so, all of it. */
export function drawnMasks(
  network: Network,
  weights: WeightSet,
  sparsity: number,
  random: Random,
  empty: (name: string) => boolean = () => false,
): MaskSet {
  return new Map(
    prunableParams(network).map((name) => [
      name,
      Uint8Array.from(weights.get(name)?.data ?? [], () =>
        empty(name) || random.float() < sparsity ? 0 : 1,
      ),
    ]),
  );
}

/** Grows a network layer by layer. */
class Growing {
  readonly nodes: Node[] = [];
  readonly params: Record<string, ParamInfo> = {};
  readonly input: readonly number[];
  value = 'input';

  constructor(input: readonly number[]) {
    this.input = input;
  }

  /** Of the current value, for one sample. */
  get shape(): readonly number[] {
    return (inferShapes(this.network('growing'), 1).get(this.value) ?? []).slice(1);
  }

  add(
    op: string,
    attrs: Node['attrs'] = {},
    params: Readonly<Record<string, readonly number[]>> = {},
    more: readonly string[] = [],
  ): void {
    const name = `${op}${this.nodes.length}`;
    const named = Object.entries(params).map(([role, shape]) => {
      this.params[`${name}.${role}`] = { shape, role: role as ParamInfo['role'], init: { kind: 'zeros' } };
      return [role, `${name}.${role}`];
    });
    const inputs = [this.value, ...more];
    this.nodes.push({
      name,
      op,
      inputs,
      outputs: [name],
      params: Object.fromEntries(named) as Node['params'],
      attrs,
    });
    this.value = name;
  }

  network(name: string): Network {
    const inputs = [{ name: 'input', shape: this.input }];
    return { name, inputs, outputs: [this.value], nodes: this.nodes, params: this.params };
  }
}

/** A network of convolutions, poolings, activations and branches, drawn at random. */
export function drawnNetwork(seed: number): Network {
  const random = Random.from(seed, 'network');
  const pick = <T>(...items: readonly T[]): T => items[random.int(items.length)] as T;
  const net = new Growing([pick(1, 3, 4), pick(5, 8, 11, 16), pick(5, 7, 12, 16)]);
  const layers = 2 + random.int(4);
  for (let i = 0; i < layers; i++) {
    const before = { value: net.value, shape: net.shape };
    const [channels = 1, ...size] = before.shape;
    const kernel = [pick(1, 2, 3, 5), pick(1, 2, 3)].map((length, axis) => Math.min(length, size[axis] ?? 1));
    const dilations = kernel.map((length, axis) => ((length - 1) * 2 < (size[axis] ?? 1) ? pick(1, 2) : 1));
    const group = pick(1, 1, channels, channels % 2 === 0 ? 2 : 1);
    const filters = group * pick(1, 2, 5);
    const strides = [pick(1, 1, 2), pick(1, 1, 2, 3)];
    const pads = Array.from({ length: 4 }, () => random.int(3));
    const weight = [filters, channels / group, ...kernel];
    net.add(
      'Conv2D',
      { strides, pads, dilations, group },
      random.float() < 0.8 ? { weight, bias: [filters] } : { weight },
    );
    if (random.float() < 0.3) {
      net.add('BatchNorm', {}, { scale: [filters], shift: [filters], mean: [filters], variance: [filters] });
    }
    if (net.shape.join() === before.shape.join() && random.float() < 0.7)
      net.add('Add', {}, {}, [before.value]);
    if (random.float() < 0.7) net.add(pick('Relu', 'Sigmoid', 'LeakyRelu', 'HardSwish', 'Tanh'));
    const [, rows = 1, columns = 1] = net.shape;
    if (Math.min(rows, columns) >= 4 && random.float() < 0.4) {
      const around = [0, 1, 1, 0].map((most) => random.int(most + 1));
      net.add(pick('MaxPool', 'AvgPool'), { kernel: [2, 3], strides: [2, pick(1, 2)], pads: around });
    }
  }
  net.add('Flatten');
  net.add('Dense', {}, { weight: [9, sizeOf(net.shape)], bias: [9] });
  net.add('Relu');
  net.add('Dense', {}, { weight: [5, 9], bias: [5] });
  return net.network(`drawn-${seed}`);
}

/** Cases of one layer each as one network, whose inputs and outputs bear the number of their case. */
export function together(cases: readonly OneOp[]): Network {
  const networks = cases.map(oneOpNetwork);
  const prefixed = (i: number, names: readonly string[]) => names.map((name) => `${i}/${name}`);
  return {
    name: 'together',
    inputs: networks.flatMap(({ inputs }, i) =>
      inputs.map(({ name, shape }) => ({ name: `${i}/${name}`, shape })),
    ),
    outputs: networks.flatMap(({ outputs }, i) => prefixed(i, outputs)),
    nodes: networks.flatMap(({ nodes }, i) =>
      nodes.map((node) => ({
        ...node,
        name: `${i}/${node.name}`,
        inputs: prefixed(i, node.inputs),
        outputs: prefixed(i, node.outputs),
        params: Object.fromEntries(Object.entries(node.params).map(([role, name]) => [role, `${i}/${name}`])),
      })),
    ),
    params: Object.fromEntries(
      networks.flatMap(({ params }, i) =>
        Object.entries(params).map(([name, info]) => [`${i}/${name}`, info]),
      ),
    ),
  };
}
