import type { Network, Node } from '../../network/graph.ts';
import type { PostStep } from './kernels/post.ts';
import type { Lowering, Tail } from './lower/lowering.ts';

/**
 * What each layer with weights computes besides: the functions behind it, and one addition, as long as nobody else reads what lies
 * between.
 * @returns tails by the layer's name, and the names of the layers that are computed by others
 */
export function fuse(
  { nodes, outputs }: Network,
  shapes: ReadonlyMap<string, readonly number[]>,
  loweringOf: (node: Node) => Lowering,
): { tails: ReadonlyMap<string, Tail>; gone: ReadonlySet<string> } {
  const tails = new Map<string, Tail>();
  const gone = new Set<string>();
  const readers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  // What there is before a layer runs; what a tail makes is there as soon as its layer has run.
  const ready = new Set<string>();
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const isReady = (name: string) => ready.has(name) || !made.has(name);
  for (const node of nodes) {
    if (!gone.has(node.name) && loweringOf(node).fuses === true) {
      const post: PostStep[] = [];
      let added: string | undefined;
      let [output = ''] = node.outputs;
      for (;;) {
        const [reader, ...others] = readers.get(output) ?? [];
        if (reader === undefined || others.length > 0 || outputs.includes(output)) break;
        const function_ = loweringOf(reader).pointwise?.(reader);
        const [made = ''] = reader.outputs;
        if (function_ !== undefined) post.push(function_);
        else if (reader.op === 'Add' && added === undefined && Object.keys(reader.params).length === 0) {
          const other = reader.inputs.find((name) => name !== output);
          if (other === undefined || !isReady(other)) break;
          if (shapes.get(other)?.join() !== shapes.get(output)?.join()) break;
          added = other;
          post.push('add');
        } else break;
        gone.add(reader.name);
        output = made;
      }
      tails.set(node.name, { post, added, output });
    }
    for (const name of tails.get(node.name) === undefined
      ? node.outputs
      : [tails.get(node.name)?.output ?? ''])
      if (!gone.has(node.name)) ready.add(name);
  }
  return { tails, gone };
}
