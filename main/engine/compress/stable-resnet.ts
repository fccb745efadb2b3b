import type { Network, Node } from '../network/graph.ts';
import { opOf } from '../network/ops/index.ts';

/**
 * Stable ResNet (Hayou et al. 2021, arXiv 2002.08797): y_l = y_(l-1) + L^(-1/2) F_l(y_(l-1)) over L residual additions, without
 * which sensitivities grow exponentially with depth. The network stays as it is: the factor goes into what ends the branch, its
 * last norm's scale and shift, or else its last layer's weights and biases. For a sensitivity |w g| that is the same.
 * @returns the factor by parameter; empty for networks without residual additions.
 */
export function branchScales(network: Network): Map<string, number> {
  const ends = network.nodes.filter(({ op }) => op === 'Add').flatMap((node) => branchEnd(network, node));
  const factor = 1 / Math.sqrt(ends.length);
  return new Map(
    ends.flatMap(({ params }) =>
      ['weight', 'bias', 'scale', 'shift'].flatMap((role) => {
        const name = params[role];
        return name === undefined ? [] : [[name, factor] as const];
      }),
    ),
  );
}

/**
 * The norm or the weights that end the branch of an addition: the side with more weights of its own. A sum of two equals is no
 * residual addition, and neither is one whose branch ends otherwise.
 */
function branchEnd(network: Network, addition: Node): Node[] {
  const [first, second] = addition.inputs;
  if (first === undefined || second === undefined || first === second) return [];
  const producers = new Map(network.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const sides = [ancestors(producers, first), ancestors(producers, second)] as const;
  const own = sides.map(
    (side, i) => [...side].filter((node) => hasWeights(node) && sides[1 - i]?.has(node) !== true).length,
  );
  const [left = 0, right = 0] = own;
  if (left === right) return [];
  let node = producers.get(left > right ? first : second);
  while (node !== undefined && opOf(node).moves) node = producers.get(node.inputs[0] ?? '');
  return node !== undefined && (hasWeights(node) || node.params['scale'] !== undefined) ? [node] : [];
}

const hasWeights = (node: Node) => node.params['weight'] !== undefined;

function ancestors(producers: ReadonlyMap<string, Node>, value: string): Set<Node> {
  const found = new Set<Node>();
  const open = [value];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = producers.get(name);
    if (node === undefined || found.has(node)) continue;
    found.add(node);
    open.push(...node.inputs);
  }
  return found;
}
