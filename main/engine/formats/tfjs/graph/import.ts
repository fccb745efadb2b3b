import { inputError } from '../../../../contract/errors.ts';
import type { InputInfo, Network, WeightSet } from '../../../network/graph.ts';
import { onlyNeeded } from '../../../network/needed.ts';
import { joinPads } from '../../keras/join-pads.ts';
import { settle } from '../../keras/reorder.ts';
import { verifyNetwork, verifyWeights } from '../../../network/verify.ts';
import type { ManifestWeight } from '../weights.ts';
import { GraphImporter } from './importer.ts';
import type { GraphNode } from './nodes.ts';
import { parseGraph } from './nodes.ts';
import { graphReaders } from './operations.ts';

/**
 * Makes our network of a TensorFlow.js GraphModel.
 * @param signed the nodes that the file calls its outputs; if there are none, those that no other reads are taken
 * @throws EspalierError naming the node that is damaged or not supported
 */
export function importGraph(
  topology: unknown,
  weights: readonly ManifestWeight[],
  signed: readonly string[],
  file: string,
): { network: Network; weights: WeightSet } {
  const nodes = parseGraph(topology, file);
  const importer = new GraphImporter(file, nodes);
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const inputs: InputInfo[] = [];
  for (const node of inOrder(nodes, importer)) {
    if (node.op === 'Const') {
      const stored = byName.get(node.name);
      if (stored === undefined) throw importer.fail(node, 'has no numbers among the weights');
      importer.constants.set(node.name, stored);
    } else if (node.op === 'Placeholder') inputs.push(placeholder(importer, node));
    else if (node.op !== 'NoOp') read(importer, node);
  }
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const said = signed.filter((name) => importer.values.has(name));
  const ends = nodes.map(({ name }) => name).filter((name) => !used.has(name) && importer.values.has(name));
  const outputs = (said.length > 0 ? said : ends).map((name) => importer.values.get(name)?.name ?? name);
  if (outputs.length === 0) {
    throw inputError('tfjs/graph', 'Nothing in the graph depends on its input.', { file });
  }
  const { params } = importer.net;
  const whole = { name: 'model', inputs, outputs, nodes: importer.net.nodes, params };
  const network = joinPads(onlyNeeded(whole, importer.net.weights));
  importer.constants.clear();
  for (const weight of weights) weight.release();
  settle(importer.net.weights);
  verifyNetwork(network);
  verifyWeights(network, importer.net.weights);
  return { network, weights: importer.net.weights };
}

function read(importer: GraphImporter, node: GraphNode): void {
  const reader = graphReaders.get(node.op);
  if (reader === undefined) {
    throw importer.fail(
      node,
      'is of a type that is not supported',
      `Supported are ${[...graphReaders.keys()].sort().join(', ')}.`,
    );
  }
  reader(importer, node);
}

function placeholder(importer: GraphImporter, node: GraphNode): InputInfo {
  const [, ...sample] = (node.attrs['shape']?.shape?.dim ?? []).map((dim) => dim.size ?? 0);
  if (sample.length === 0 || !sample.every((dim) => Number.isSafeInteger(dim) && dim > 0)) {
    throw importer.fail(
      node,
      `has an open shape [${sample.join(', ')}]`,
      'Convert the model with a fixed input shape.',
    );
  }
  const [height = 1, width = 1, channels = 1] = sample;
  const shape = sample.length === 3 ? [channels, height, width] : sample;
  const value = importer.net.input(node.name, shape);
  importer.values.set(node.name, value);
  return { name: value.name, shape };
}

/** The nodes so that each comes after those it reads. @throws EspalierError for a ring or a missing node */
function inOrder(nodes: readonly GraphNode[], importer: GraphImporter): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const ordered: GraphNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of nodes) {
    // By hand, since a chain of nodes may be longer than the stack is deep.
    const stack: GraphNode[] = [root];
    while (stack.length > 0) {
      const node = stack.at(-1) as GraphNode;
      if (state.get(node.name) === 'done') {
        stack.pop();
        continue;
      }
      state.set(node.name, 'open');
      const waiting = node.inputs.filter((name) => state.get(name) !== 'done');
      if (waiting.length === 0) {
        state.set(node.name, 'done');
        ordered.push(node);
        stack.pop();
        continue;
      }
      for (const name of waiting) {
        const next = byName.get(name);
        if (next === undefined) throw importer.fail(node, `reads '${name}', which is not in the graph`);
        if (state.get(name) === 'open') throw importer.fail(node, `reads '${name}' in a ring`);
        stack.push(next);
      }
    }
  }
  return ordered;
}
