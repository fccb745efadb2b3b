import { inputError } from '../../../contract/errors.ts';
import type { Network, Node, WeightSet } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { verifyWeights } from '../../network/verify.ts';
import type { NamedTensors } from './read.ts';

/** What other programs call a parameter, by what it is for; the layer's name stands before it. */
const endings: Readonly<Record<string, readonly string[]>> = {
  weight: ['weight', 'kernel', 'w'],
  bias: ['bias', 'b'],
  scale: ['weight', 'gamma', 'scale'],
  shift: ['bias', 'beta', 'shift'],
  mean: ['running_mean', 'moving_mean', 'mean'],
  variance: ['running_var', 'moving_variance', 'variance'],
};

/**
 * Weights of a file for a network: found under the parameter's own name, or under the layer's name with what PyTorch or
 * Keras call it.
 * @param file what the user calls the file, for messages
 * @returns `unused`: names of the file that no parameter wanted
 * @throws EspalierError naming the parameters that are missing or of another shape
 */
export function assignWeights(
  network: Network,
  tensors: NamedTensors,
  file: string,
): { weights: WeightSet; unused: string[] } {
  const used = new Set<string>();
  const weights: WeightSet = new Map();
  const missing: string[] = [];
  for (const [param, names] of namesOf(network)) {
    const shape = network.params[param]?.shape ?? [];
    const name = names.find((candidate) => tensors.has(candidate));
    const tensor = name === undefined ? undefined : tensors.get(name);
    if (name === undefined || tensor === undefined) {
      missing.push(param);
      continue;
    }
    // A scalar may be a list of one.
    const same = tensor.shape.join() === shape.join() || (sizeOf(shape) === 1 && tensor.data.length === 1);
    if (!same) {
      throw inputError(
        'weights/shape',
        `'${name}' has the shape [${tensor.shape.join(', ')}], but ${network.name} needs [${shape.join(', ')}].`,
        { file, field: name, remedy: 'Give weights of this very network, for data of the same shape.' },
      );
    }
    used.add(name);
    weights.set(param, { shape, data: tensor.data });
  }
  if (missing.length > 0) {
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
    throw inputError(
      'weights/missing',
      `There are no weights for ${missing.slice(0, 5).join(', ')}${more}.`,
      {
        file,
        field: missing[0],
        remedy: `The file has: ${[...tensors.keys()].slice(0, 20).join(', ')}. Name them as the network does.`,
      },
    );
  }
  verifyWeights(network, weights);
  return { weights, unused: [...tensors.keys()].filter((name) => !used.has(name)) };
}

/** For each parameter, the names under which it may stand in a file. */
function namesOf(network: Network): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const node of network.nodes) {
    for (const [role, param] of Object.entries(node.params)) {
      if (!names.has(param)) names.set(param, [param, ...aliases(node, role)]);
    }
  }
  return names;
}

function aliases(node: Node, role: string): string[] {
  return (endings[role] ?? []).flatMap((ending) => [`${node.name}.${ending}`, `${node.name}/${ending}`]);
}
