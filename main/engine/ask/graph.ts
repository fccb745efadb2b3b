import { inputError } from '../../contract/errors.ts';
import { MAX_GRAPH_NODES, type GraphNode, type NetworkGraph } from '../../contract/graph.ts';
import { networkCost } from '../network/cost.ts';
import type { AttrValue, Network } from '../network/graph.ts';
import { inferShapes } from '../network/shape.ts';

/** A longer attribute (the values of a constant, the indices of a slice) is cut. */
const MAX_ATTR_LENGTH = 120;

/**
 * A network as it is drawn: its nodes between its inputs and outputs, and which reads which.
 * @throws EspalierError 'network/too-large' when it has more nodes than are drawn
 */
export function describeGraph(network: Network): NetworkGraph {
  const { inputs, outputs, nodes } = network;
  const count = inputs.length + nodes.length + outputs.length;
  if (count > MAX_GRAPH_NODES) {
    throw inputError(
      'network/too-large',
      `This network has ${nodes.length} layers, and at most ${MAX_GRAPH_NODES} are drawn.`,
      { remedy: 'The layer table has all of them.' },
    );
  }
  const shapes = inferShapes(network, 1);
  const cost = networkCost(network);
  const end = (name: string, of: 'input' | 'output'): GraphNode => ({
    name,
    op: of === 'input' ? 'Input' : 'Output',
    end: of,
    outputShape: (shapes.get(name) ?? []).slice(1),
    parameters: 0,
    macs: 0,
    weights: [],
    params: [],
    attrs: [],
  });
  /** Which node makes a value. */
  const makers = new Map(inputs.map(({ name }, index) => [name, index]));
  const edges: [number, number][] = [];
  const reads = (values: readonly string[], reader: number) => {
    for (const value of values) {
      const maker = makers.get(value);
      if (maker !== undefined) edges.push([maker, reader]);
    }
  };
  nodes.forEach((node, position) => {
    const index = inputs.length + position;
    reads(node.inputs, index);
    for (const value of node.outputs) makers.set(value, index);
  });
  outputs.forEach((value, position) => {
    reads([value], inputs.length + nodes.length + position);
  });
  return {
    name: network.name,
    parameters: cost.parameters,
    macs: cost.macs,
    nodes: [
      ...inputs.map(({ name }) => end(name, 'input')),
      ...nodes.map((node, position): GraphNode => {
        const layer = cost.layers[position];
        return {
          name: node.name,
          op: node.op,
          end: null,
          outputShape: [...(layer?.shape ?? [])],
          parameters: layer?.parameters ?? 0,
          macs: layer?.macs ?? 0,
          weights: [...(layer?.weights ?? [])],
          params: Object.entries(node.params).map(([use, name]) => ({
            use,
            name,
            shape: [...(network.params[name]?.shape ?? [])],
          })),
          attrs: Object.entries(node.attrs).map(([name, value]) => ({ name, value: attrWords(value) })),
        };
      }),
      ...outputs.map((name) => end(name, 'output')),
    ],
    edges,
  };
}

function attrWords(value: AttrValue): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return text.length > MAX_ATTR_LENGTH ? `${text.slice(0, MAX_ATTR_LENGTH)}…` : text;
}
