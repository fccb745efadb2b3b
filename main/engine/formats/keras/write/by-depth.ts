import type { Layer, LayerValue } from './layer.ts';

/**
 * The layers that the outputs depend on, and the inputs, in the order in which Keras sorts those of a functional model. It is the order in
 * which its files of weights are read: names count for nothing there, so another order gives layers each other's numbers.
 *
 * A use's depth is the longest way from it to an output, a layer's depth that of its deepest use. Layers come from deep to
 * shallow; those of one depth as a walk from the outputs first meets them, which goes into a use's inputs one after the other
 * (`map_graph` of Keras 3, `_map_graph_network` of Keras 2).
 */
export function byDepth(outputs: readonly LayerValue[], inputs: readonly Layer[]): Layer[] {
  const { finished, met } = walk(outputs);
  const depths = new Map<string, number>();
  const deepest = new Map<Layer, number>();
  for (const { layer, call } of finished.toReversed()) {
    const depth = Math.max(depths.get(keyOf(layer, call)) ?? 0, deepest.get(layer) ?? 0);
    deepest.set(layer, depth);
    for (const input of layer.calls[call] ?? []) {
      const key = keyOf(input.layer, input.call);
      depths.set(key, Math.max(depths.get(key) ?? 0, depth + 1));
    }
  }
  // Inputs that nothing reads count as outputs that are met first. Sorting keeps the order of equals.
  const unread = inputs.filter((layer) => !met.has(layer));
  return [...unread, ...met].sort((a, b) => (deepest.get(b) ?? 0) - (deepest.get(a) ?? 0));
}

/** From the outputs to the inputs, depth first: uses in the order in which they are done with, layers as they are met. */
function walk(outputs: readonly LayerValue[]): { finished: readonly LayerValue[]; met: ReadonlySet<Layer> } {
  const finished: LayerValue[] = [];
  const met = new Set<Layer>();
  const seen = new Set<string>();
  // By hand, since a chain of layers may be longer than the stack is deep.
  const open: { readonly use: LayerValue; next: number }[] = [];
  const enter = (use: LayerValue): void => {
    const key = keyOf(use.layer, use.call);
    if (seen.has(key)) return;
    seen.add(key);
    met.add(use.layer);
    open.push({ use, next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const input = top.use.layer.calls[top.use.call]?.[top.next++];
      if (input !== undefined) enter(input);
      else finished.push((open.pop() as typeof top).use);
    }
  }
  return { finished, met };
}

function keyOf(layer: Layer, call: number): string {
  return `${layer.name}\n${call}`;
}
