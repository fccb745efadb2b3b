import type { HeadKind } from '../../contract/head.ts';

/**
 * The one representation of a network in the engine: a directed acyclic graph of named nodes.
 *
 * Conventions are those of ONNX, so that reading and writing it is direct: values of rank 4 are logically
 * [batch, channels, height, width]; convolution weights are [out, in / groups, kernelH, kernelW]; dense weights
 * are [out, in]. How a backend lays them out in memory is its own business (see `activation.ts`).
 *
 * The structure and the numbers are apart: a `Network` holds no weights, a `WeightSet` holds them by name.
 */

/** An attribute of a node: numbers, texts, flags and lists of integers, nothing else. */
export type AttrValue = number | string | boolean | readonly number[];

/** One operation. `inputs` and `outputs` name values; `params` maps the op's roles ('weight', 'bias', ...) to parameter names. */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly attrs: Readonly<Record<string, AttrValue>>;
}

/**
 * What a parameter is for. Only `weight` may be pruned: biases, normalisation scales and running statistics never are.
 * `mean` and `variance` are running statistics: part of the weights, but not trained by gradients.
 */
export type ParamRole = 'weight' | 'bias' | 'scale' | 'shift' | 'mean' | 'variance' | 'constant';

/** How a parameter gets its first values; fans are computed from the shape ([out, in, ...kernel]). */
export type Initializer =
  | { readonly kind: 'zeros' | 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  /** N(0, gain^2 * 2 / fanIn): He et al. 2015. */
  | { readonly kind: 'he-normal'; readonly fan?: 'in' | 'out' }
  /** U(-b, b) with b = 1 / sqrt(fan in), the default of PyTorch's Linear and Conv2d for weights and biases alike. */
  | { readonly kind: 'fan-in-uniform'; readonly fanIn?: number }
  /** N(0, 2 / (fanIn + fanOut)): Glorot and Bengio 2010. */
  | { readonly kind: 'glorot-normal' }
  /** Mean 0, variance 1 / fanIn, cut off at two deviations: LeCun et al. 1998, as TensorFlow's variance scaling draws it. */
  | { readonly kind: 'lecun-normal' }
  | { readonly kind: 'glorot-uniform' };

export interface ParamInfo {
  readonly shape: readonly number[];
  readonly role: ParamRole;
  readonly init: Initializer;
}

/** A named value entering the network; `shape` is per sample, without the batch axis. */
export interface InputInfo {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What stands between a network's logits and the answers of the file that it came from or goes into. */
export interface Head {
  readonly kind: HeadKind;
  /** The value that the file calls its output. */
  readonly output: string;
  /** Of a softmax: its axis in the file, the batch being axis 0. */
  readonly axis?: number;
}

export interface Network {
  readonly name: string;
  readonly inputs: readonly InputInfo[];
  /** Value names. Of a network that is fitted to data the last one holds the logits that training and evaluation read. */
  readonly outputs: readonly string[];
  /** What stands between the logits and the first output; absent where the only output is the logits. */
  readonly head?: Head;
  /** In topological order: a node comes after all nodes whose outputs it reads. */
  readonly nodes: readonly Node[];
  readonly params: Readonly<Record<string, ParamInfo>>;
}

/** A dense array of numbers in row-major order. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The numbers of a network: parameter name -> values, shapes as in `Network.params`. */
export type WeightSet = Map<string, TensorData>;

/** Mask of a prunable parameter: 1 = kept, 0 = pruned; same length and order as the parameter. */
export type MaskSet = Map<string, Uint8Array>;

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** Names of the parameters that may be pruned, in the order of the network's nodes: those that the logits depend on. */
export function prunableParams(network: Network): string[] {
  return paramsBehindLogits(network).filter((name) => network.params[name]?.role === 'weight');
}

/** Names of the parameters that gradients train (not running statistics, not constants), in node order. */
export function trainableParams(network: Network): string[] {
  return paramsBehindLogits(network).filter((name) => {
    const role = network.params[name]?.role;
    return role !== undefined && isTrained(role);
  });
}

/** Whether gradients train parameters of this role. */
export function isTrained(role: ParamRole): boolean {
  return role !== 'mean' && role !== 'variance' && role !== 'constant';
}

/** All parameter names in the order in which nodes first use them; a shared parameter appears once. */
export function paramsInOrder({ nodes }: Pick<Network, 'nodes'>): string[] {
  return [...new Set(nodes.flatMap((node) => Object.values(node.params)))];
}

/** No loss reaches a parameter of another branch. */
function paramsBehindLogits(network: Network): string[] {
  return paramsInOrder({ nodes: neededNodes(network, network.outputs.slice(-1)) });
}

/** The nodes that the wanted values depend on, in order. */
export function neededNodes({ nodes }: Pick<Network, 'nodes'>, wanted: readonly string[]): Node[] {
  const needed = new Set(wanted);
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((name) => needed.has(name))) return false;
      for (const name of node.inputs) needed.add(name);
      return true;
    })
    .reverse();
}
