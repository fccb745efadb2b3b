import { inputError } from '../../contract/errors.ts';
import { integersAttr, numberAttr } from '../network/node-reading.ts';
import {
  prunableParams,
  sizeOf,
  type MaskSet,
  type Network,
  type Node,
  type WeightSet,
} from '../network/graph.ts';
import { fans, initialize } from '../network/initialize.ts';
import { opOf } from '../network/ops/index.ts';
import type { Random } from '../base/random.ts';
import { chaosEdge, largestSquare, type Chaos, type Slope } from './mean-field.ts';
import { branchScales } from './stable-resnet.ts';

/** Standard deviation of the biases where an activation leaves it open (a tanh; Hayou et al. use 0.2 too). */
const BIAS_STD = 0.2;

/**
 * Variances on the edge of chaos for every prunable parameter (Hayou et al. 2021, arXiv 2002.08797): weights of layer l are
 * N(0, sigma_w^2 / fan in), biases N(0, sigma_b^2), with which gradients neither vanish nor explode with depth. For ReLU this
 * is He's initialisation. A layer whose outputs the next weights take as they are passes its signal on with sigma_w^2 = 1; a
 * maximum pooling on the way there raises the energy, by E[max^2] over as many independent normal values as its window has,
 * which such a layer makes up for. A last layer takes what the network's other layers have. The last layer of a residual
 * branch has its share of Stable ResNet's scaling.
 * @throws EspalierError for an activation whose edge of chaos is not known, by name.
 */
export function edgeOfChaos(network: Network): Map<string, Chaos> {
  const found = new Map<string, Chaos>();
  const last: string[] = [];
  let usual: Chaos | undefined;
  for (const node of network.nodes) {
    const weight = node.params['weight'];
    if (weight === undefined || network.params[weight]?.role !== 'weight') continue;
    const next = nextOf(network, node);
    if (next.kind === 'outputs') last.push(weight);
    else if (next.kind === 'weights') found.set(weight, { weight: 1 / next.energy, bias: 0 });
    else {
      const chaos = chaosOf(next.node);
      usual ??= chaos;
      found.set(weight, chaos);
    }
  }
  for (const name of last) found.set(name, usual ?? { weight: 1, bias: 0 });
  const scales = branchScales(network);
  for (const [name, { weight, bias }] of found) {
    const scale = scales.get(name) ?? 1;
    found.set(name, { weight: weight * scale ** 2, bias: bias * scale ** 2 });
  }
  return found;
}

/**
 * Fresh weights on the edge of chaos; norms and statistics as the network has them, but for the norm that ends a residual
 * branch: it has Stable ResNet's scale, as weights before a norm cannot make a branch smaller.
 */
export function drawEdgeOfChaos(network: Network, random: Random): WeightSet {
  const weights = initialize(network, random);
  const edges = edgeOfChaos(network);
  for (const { params } of network.nodes) {
    const chaos = edges.get(params['weight'] ?? '');
    if (chaos === undefined) continue;
    const weight = weights.get(params['weight'] ?? '');
    const std = Math.sqrt(chaos.weight / fans(weight?.shape ?? []).fanIn);
    weight?.data.forEach((_, i, data) => (data[i] = std * random.normal()));
    const bias = weights.get(params['bias'] ?? '');
    bias?.data.forEach((_, i, data) => (data[i] = Math.sqrt(chaos.bias) * random.normal()));
  }
  for (const [name, scale] of branchScales(network)) {
    if (edges.has(name)) continue;
    weights.get(name)?.data.forEach((value, i, data) => (data[i] = scale * value));
  }
  return weights;
}

/**
 * Multiplies what every layer keeps by rho = sqrt(sigma_w^2 / (fan in * mean over all entries of (m w)^2)), in place: the
 * rescaling trick, which brings a pruned network back to the edge of chaos. An emptied layer stays as it is.
 * @returns rho by parameter.
 */
export function rescale(network: Network, weights: WeightSet, masks: MaskSet): Map<string, number> {
  const edges = edgeOfChaos(network);
  const factors = new Map<string, number>();
  for (const name of prunableParams(network)) {
    const weight = weights.get(name);
    const mask = masks.get(name);
    const variance = edges.get(name)?.weight;
    if (weight === undefined || mask === undefined || variance === undefined) continue;
    let energy = 0;
    weight.data.forEach((value, i) => (energy += mask[i] === 0 ? 0 : value * value));
    if (energy === 0) continue;
    const rho = Math.sqrt((variance * sizeOf(weight.shape)) / (fans(weight.shape).fanIn * energy));
    weight.data.forEach((value, i, data) => (data[i] = rho * value));
    factors.set(name, rho);
  }
  return factors;
}

/**
 * What a layer's signal meets first: an activation, the next weights (after poolings that raise its energy by the factor
 * `energy`), or the network's outputs.
 */
type Next =
  | { readonly kind: 'activation'; readonly node: Node }
  | { readonly kind: 'weights'; readonly energy: number }
  | { readonly kind: 'outputs' };

function nextOf(network: Network, layer: Node): Next {
  let values: readonly string[] = layer.outputs;
  let energy = 1;
  for (const node of network.nodes.slice(network.nodes.indexOf(layer) + 1)) {
    if (!node.inputs.some((name) => values.includes(name))) continue;
    const { passesSignal } = opOf(node);
    if (node.params['weight'] !== undefined && !passesSignal) return { kind: 'weights', energy };
    if (!passesSignal) return { kind: 'activation', node };
    if (node.op === 'MaxPool') energy *= largestSquare(sizeOf(integersAttr(node, 'kernel')));
    values = [...values, ...node.outputs];
  }
  return { kind: 'outputs' };
}

const tanhSlope: Slope = {
  value: Math.tanh,
  slope: (x) => 1 - Math.tanh(x) ** 2,
};

function chaosOf(activation: Node): Chaos {
  switch (activation.op) {
    case 'Relu':
    case 'Clip':
      return { weight: 2, bias: 0 };
    case 'LeakyRelu':
      return { weight: 2 / (1 + numberAttr(activation, 'alpha', 0.01) ** 2), bias: 0 };
    case 'Tanh':
      return chaosEdge(tanhSlope, BIAS_STD ** 2);
    default:
      throw inputError(
        'prune/edge-of-chaos',
        `The edge of chaos of ${activation.op} '${activation.name}' is not known.`,
        {
          field: 'paradigm',
          remedy: "Choose 'snip' instead, or a network with ReLU or tanh activations.",
        },
      );
  }
}
