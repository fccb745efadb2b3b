import type { Component } from '../network/coupling/components.ts';
import type { Coupling } from '../network/coupling/index.ts';
import type { Group } from '../network/coupling/groups.ts';
import type { Network, Node } from '../network/graph.ts';
import { inferShapes } from '../network/shape.ts';
import { shrink } from '../network/shrink.ts';

/** Layers in a chain whose time hangs on the width of one group: one that makes its channels and one that reads them, or one alone. */
export interface Part {
  /** Those that have weights, in order. */
  readonly layers: readonly string[];
  /** The chain by itself where the group keeps so many of its units, the first ones. */
  at(width: number): Network;
}

/** A network of which one group keeps fewer units. */
type Narrowed = (width: number) => {
  readonly network: Network;
  readonly shapes: ReturnType<typeof inferShapes>;
};

/**
 * What of a network is timed by itself to learn how its time hangs on a group's width. Layers that make channels go with the first
 * layers behind them that read them, so that what passes from one to the other has the form that it has in the network; every layer
 * is in one part. Layers that take several values are left out.
 */
export function partsOf(network: Network, coupling: Coupling, group: Group): Part[] {
  const { makers, readers, components } = group;
  const known = new Map<number, ReturnType<Narrowed>>();
  const narrowed: Narrowed = (width) => {
    const found = known.get(width) ?? narrow(network, coupling, components.slice(width));
    known.set(width, found);
    return found;
  };
  const ends = new Set([...coupling.groups, ...coupling.held].flatMap((one) => [...one.makers, ...one.readers])); // prettier-ignore
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const free = new Set(readers);
  const single = (name: string) => {
    const node = nodes.get(name);
    return node !== undefined && node.inputs.length === 1 ? [node] : [];
  };
  const pairs = makers.flatMap(single).map((maker): readonly Node[] => {
    for (const reader of [...free].flatMap(single)) {
      const between = pathBetween(network, maker, reader, ends);
      if (between === undefined) continue;
      free.delete(reader.name);
      return [maker, ...between, reader];
    }
    return [maker];
  });
  const alone = [...free].filter((name) => !makers.includes(name)).flatMap(single);
  return [...pairs, ...alone.map((reader) => [reader])].map((chain) => ({
    layers: chain.flatMap(({ name, params }) => ('weight' in params ? [name] : [])),
    at: (width) => chained(narrowed(width), chain),
  }));
}

function narrow(network: Network, coupling: Coupling, gone: readonly Component[]): ReturnType<Narrowed> {
  const smaller = gone.length === 0 ? network : shrink(network, coupling, gone).network;
  return { network: smaller, shapes: inferShapes(smaller, 1) };
}

/**
 * What a layer's values go through before another reads them; undefined where they do not reach it, or through a layer that makes other
 * channels of them. Sums with other values are passed over.
 */
function pathBetween(
  network: Network,
  from: Node,
  to: Node,
  ends: ReadonlySet<string>,
): readonly Node[] | undefined {
  const shapes = inferShapes(network, 1);
  const makes = new Map(network.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const tried = new Set<string>();
  const trace = (value: string): readonly Node[] | undefined => {
    const node = makes.get(value);
    if (node === undefined || tried.has(value)) return undefined;
    tried.add(value);
    if (node === from) return [];
    if (ends.has(node.name)) return undefined;
    for (const input of node.inputs) {
      const before = trace(input);
      if (before === undefined) continue;
      if (node.inputs.length === 1) return [...before, node];
      return String(shapes.get(input)) === String(shapes.get(value)) ? before : undefined;
    }
    return undefined;
  };
  return trace(to.inputs[0] ?? '');
}

/** Layers one behind the other, as a network of their own. */
function chained({ network, shapes }: ReturnType<Narrowed>, chain: readonly Node[]): Network {
  const own = new Map(network.nodes.map((node) => [node.name, node]));
  let value = 'input';
  const nodes = chain.flatMap(({ name }, i) => {
    const node = own.get(name);
    if (node === undefined) return [];
    const placed = { ...node, name: `layer${i}`, inputs: [value], outputs: [`value${i}`] };
    value = `value${i}`;
    return [placed];
  });
  const names = new Map(
    [...new Set(nodes.flatMap(({ params }) => Object.values(params)))].map((name, i) => [name, `param${i}`]),
  );
  const params = Object.fromEntries(
    [...names].flatMap(([name, short]) => {
      const info = network.params[name];
      return info === undefined ? [] : [[short, info]];
    }),
  );
  const [first] = chain;
  return {
    name: 'part',
    inputs: [{ name: 'input', shape: (shapes.get(first?.inputs[0] ?? '') ?? []).slice(1) }],
    outputs: [value],
    nodes: nodes.map((node) => ({
      ...node,
      params: Object.fromEntries(
        Object.entries(node.params).map(([role, name]) => [role, names.get(name) ?? name]),
      ),
    })),
    params,
  };
}
