import { inputError } from '../../../../../contract/errors.ts';
import type { ReadNode } from '../model.ts';
import { readBy } from './names.ts';

/**
 * The nodes in an order in which each comes after those that it reads from. The standard demands that of files, but other
 * programs run those that are not, too. Nodes that already are in order stay where they are.
 * @throws EspalierError naming the nodes of a circle
 */
export function inOrder(nodes: readonly ReadNode[], file: string | undefined): readonly ReadNode[] {
  const makers = new Map<string, ReadNode>();
  for (const node of nodes) {
    for (const name of node.outputs) if (name !== '' && !makers.has(name)) makers.set(name, node);
  }
  const done = new Set<ReadNode>();
  const open = new Set<ReadNode>();
  const ordered: ReadNode[] = [];
  for (const first of nodes) {
    // Without recursion: a chain of nodes in reverse is as deep as it is long.
    const path: { readonly node: ReadNode; readonly reads: readonly string[]; next: number }[] = [];
    const enter = (node: ReadNode) => {
      open.add(node);
      path.push({ node, reads: readBy(node), next: 0 });
    };
    if (!done.has(first)) enter(first);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = top.reads[top.next++];
      if (name === undefined) {
        path.pop();
        open.delete(top.node);
        done.add(top.node);
        ordered.push(top.node);
        continue;
      }
      const maker = makers.get(name);
      if (maker === undefined || done.has(maker)) continue;
      if (!open.has(maker)) enter(maker);
      else
        throw circle(
          path.slice(path.findIndex(({ node }) => node === maker)).map(({ node }) => node),
          file,
        );
    }
  }
  return ordered;
}

function circle(nodes: readonly ReadNode[], file: string | undefined): Error {
  const names = nodes.map(({ name, outputs }) => (name === '' ? (outputs[0] ?? '') : name));
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return inputError(
    'onnx/circle',
    `nodes read each other's results in a circle: ${shown.map((name) => `'${name}'`).join(', ')}`,
    { file, field: names[0], remedy: 'Export the network again: such a graph cannot be computed.' },
  );
}

/** The nodes that some of these values depend on. */
export function neededFor(nodes: readonly ReadNode[], values: readonly string[]): ReadNode[] {
  const needed = new Set(values);
  const kept: ReadNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== '' && needed.has(name))) continue;
    kept.push(node);
    for (const name of readBy(node)) needed.add(name);
  }
  return kept.reverse();
}
