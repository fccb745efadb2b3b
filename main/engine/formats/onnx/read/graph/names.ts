import type { ReadAttribute, ReadGraph, ReadNode, ReadTensor } from '../model.ts';

/** What a name becomes; '' stands for a value that is left out, and stays. */
export type Rename = (name: string) => string;

/** A node with other names for its values, also in the branches within it. */
export function renamedNode(node: ReadNode, rename: Rename): ReadNode {
  const named = (name: string) => (name === '' ? '' : rename(name));
  return {
    ...node,
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
    attrs: new Map([...node.attrs].map(([key, value]) => [key, renamedAttribute(value, rename)])),
  };
}

export function renamedTensor(tensor: ReadTensor, rename: Rename): ReadTensor {
  return { ...tensor, name: rename(tensor.name) };
}

function renamedAttribute(value: ReadAttribute, rename: Rename): ReadAttribute {
  if (typeof value !== 'object' || !('graph' in value)) return value;
  const { graph } = value;
  return {
    graph: {
      ...graph,
      nodes: graph.nodes.map((node) => renamedNode(node, rename)),
      initializers: graph.initializers.map((tensor) => renamedTensor(tensor, rename)),
      inputs: graph.inputs.map((input) => ({ ...input, name: rename(input.name) })),
      outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
    },
  };
}

/** The graphs within a node: branches, or a loop's body. */
export function graphsOf(node: ReadNode): ReadGraph[] {
  return [...node.attrs.values()].flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? [value.graph] : [],
  );
}

/** All values that a node reads, those too that graphs within it take from around it. */
export function readBy(node: ReadNode): readonly string[] {
  const inner = graphsOf(node).flatMap((graph) => [
    ...graph.nodes.flatMap(readBy),
    ...graph.outputs.map(({ name }) => name),
  ]);
  return inner.length === 0 ? node.inputs : [...node.inputs, ...inner];
}

/** Names that a graph makes itself: of its inputs, stored tensors and nodes. */
export function madeIn({ inputs, initializers, nodes }: ReadGraph): Set<string> {
  return new Set([
    ...inputs.map(({ name }) => name),
    ...initializers.map(({ name }) => name),
    ...nodes.flatMap(({ outputs }) => outputs),
  ]);
}
