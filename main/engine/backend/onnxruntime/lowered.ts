import type { GraphNode, Value } from './graph.ts';

/** A graph ready to be encoded: operations in an order in which they can run. */
export interface Lowered {
  readonly nodes: readonly GraphNode[];
  /** Values fed on each run: named placeholders and, unless `bake` was asked for, numbers. */
  readonly feeds: readonly Value[];
  readonly constants: readonly Value[];
  readonly outputs: readonly Value[];
}

/**
 * Collects everything the outputs are made of.
 * @param bake numbers known now become part of the model instead of being fed
 */
export function lower(outputs: readonly Value[], bake: boolean): Lowered {
  const nodes: GraphNode[] = [];
  const feeds: Value[] = [];
  const constants: Value[] = [];
  const seen = new Set<GraphNode | Value>();
  const stack: { node: GraphNode; next: number }[] = [];

  const leaf = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    (value.kind === 'constant' || (bake && value.data !== undefined) ? constants : feeds).push(value);
  };
  const enter = (value: Value): void => {
    if (value.node === undefined) leaf(value);
    else if (!seen.has(value.node)) {
      seen.add(value.node);
      stack.push({ node: value.node, next: 0 });
    }
  };
  for (const output of outputs) {
    enter(output);
    // An explicit stack: a long recorded loop is deeper than the machine's.
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.next < top.node.inputs.length) {
        const input = top.node.inputs[top.next++];
        if (input !== undefined) enter(input);
      } else {
        nodes.push(top.node);
        stack.pop();
      }
    }
  }
  return { nodes, feeds, constants, outputs };
}

/** The name of a lowered graph's operation in its model. */
export function nodeName(index: number): string {
  return `n${index}`;
}
