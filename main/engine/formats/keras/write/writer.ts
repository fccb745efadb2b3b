import type { EspalierError } from '../../../../contract/errors.ts';
import { inputError } from '../../../../contract/errors.ts';
import type { Network, Node, TensorData, WeightSet } from '../../../network/graph.ts';
import { inferShapes } from '../../../network/shape.ts';
import { nonNegativeValues } from '../non-negative.ts';
import { OURS, sameOrder, THEIRS } from '../order.ts';
import type { Dialect } from './dialect.ts';
import type { Layer, LayerConfig, LayerValue, LayerWeight } from './layer.ts';
import { Names } from './names.ts';

/**
 * Collects the layers of a Keras model while our layers are written one after the other. Images have their channels last
 * there; values of other ranks are the same.
 */
export class LayersWriter {
  readonly dialect: Dialect;
  readonly layers: Layer[] = [];
  private readonly network: Network;
  private readonly weights: WeightSet;
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly nonNegative: ReadonlySet<string>;
  private readonly values = new Map<string, LayerValue>();
  private readonly names = new Names();
  /** Layers with numbers, by all that tells one from another: used again, they share them. */
  private readonly known = new Map<string, Layer>();
  private current = '';

  constructor(network: Network, weights: WeightSet, dialect: Dialect) {
    this.network = network;
    this.weights = weights;
    this.dialect = dialect;
    this.shapes = inferShapes(network, 1);
    this.nonNegative = nonNegativeValues(network);
    for (const { name } of network.inputs) {
      const [, ...sample] = this.theirShape(name);
      this.begin(name);
      this.set(name, this.layer('InputLayer', { batch_input_shape: [null, ...sample], sparse: false }, []));
    }
  }

  /** Layers that are added from now on are called after this one of ours. */
  begin(name: string): void {
    this.current = this.names.fresh(name);
  }

  set(name: string, value: LayerValue): void {
    this.values.set(name, value);
  }

  value(name: string): LayerValue {
    const value = this.values.get(name);
    if (value === undefined) throw new Error(`nothing makes '${name}'`);
    return value;
  }

  refuse(node: Node, message: string): EspalierError {
    return inputError('export/unsupported', `${node.op} '${node.name}' ${message}.`, {
      field: node.name,
      remedy: 'Export it as ONNX, which has words for every layer.',
    });
  }

  /** The shape of one of our values or parameters; the batch counts as 1. */
  shape(name: string): readonly number[] {
    return this.shapes.get(name) ?? this.network.params[name]?.shape ?? [];
  }

  /** The shape of one of our values as Keras has it. */
  theirShape(name: string): readonly number[] {
    const shape = this.shape(name);
    return shape.length === 4 ? OURS.map((axis) => shape[axis] ?? 1) : shape;
  }

  /** One of our axes as Keras counts it. */
  axis(rank: number, ours: number): number {
    return rank === 4 ? (THEIRS[ours] ?? 0) : ours;
  }

  isNonNegative(name: string): boolean {
    return this.nonNegative.has(name);
  }

  /** The nodes that read one of our values; undefined stands for the world outside. */
  readers(name: string): (Node | undefined)[] {
    const inside = this.network.nodes.filter((node) => node.inputs.includes(name));
    return this.network.outputs.includes(name) ? [...inside, undefined] : inside;
  }

  /** A parameter's numbers. */
  param(node: Node, role: string): { readonly param: string; readonly tensor: TensorData } {
    const tensor = this.optional(node, role);
    if (tensor === undefined) throw this.refuse(node, `has no ${role}`);
    return tensor;
  }

  optional(node: Node, role: string): { readonly param: string; readonly tensor: TensorData } | undefined {
    const param = node.params[role];
    const tensor = param === undefined ? undefined : this.weights.get(param);
    return param === undefined || tensor === undefined ? undefined : { param, tensor };
  }

  /** What a parameter is for; undefined where the node has none in that role. */
  roleOf(node: Node, role: string): string | undefined {
    return this.network.params[node.params[role] ?? '']?.role;
  }

  /**
   * Adds a layer, or uses one again that has the same settings and numbers.
   * @param part for helpers: what follows the name of our layer
   */
  layer(
    className: string,
    config: LayerConfig,
    inputs: readonly LayerValue[],
    weights: readonly LayerWeight[] = [],
    part?: string,
  ): LayerValue {
    const key = JSON.stringify([className, config, weights.map(({ param }) => param)]);
    const known = weights.length === 0 ? undefined : this.known.get(key);
    if (known !== undefined) return { layer: known, call: known.calls.push(inputs) - 1 };
    const name = part === undefined ? this.current : this.names.fresh(`${this.current}_${part}`);
    const layer: Layer = { className, name, config, weights, calls: [inputs] };
    this.layers.push(layer);
    if (weights.length > 0) this.known.set(key, layer);
    return { layer, call: 0 };
  }

  /**
   * Makes a function part of the layer with numbers before it, where the file that it came from had it so: our readers call such
   * a one after its layer, 'dense/softmax'. So a layer, and an output, keeps its name.
   * @returns the layer's value; undefined where the function stays a layer of its own
   */
  withActivation(node: Node, activation: string, [input]: readonly LayerValue[]): LayerValue | undefined {
    const [source = ''] = node.inputs;
    const maker = this.network.nodes.find(({ outputs }) => outputs.includes(source));
    const { layer } = input ?? {};
    if (maker === undefined || layer === undefined || !node.name.startsWith(`${maker.name}/`))
      return undefined;
    const alone =
      layer.calls.length === 1 &&
      this.readers(source).length === 1 &&
      this.users(maker.params['weight']) === 1;
    if (!alone || layer.config['activation'] !== 'linear') return undefined;
    const merged: Layer = { ...layer, config: { ...layer.config, activation } };
    this.layers[this.layers.indexOf(layer)] = merged;
    return { layer: merged, call: 0 };
  }

  private users(param: string | undefined): number {
    return this.network.nodes.filter(({ params }) => Object.values(params).some((name) => name === param))
      .length;
  }

  /** A value with its axes in another order. Changes after each other become one, or none. */
  ordered(value: LayerValue, perm: readonly number[], part?: string): LayerValue {
    const { className, config, calls } = value.layer;
    const source = calls[value.call]?.[0];
    if (className === 'Permute' && source !== undefined) {
      const first = [0, ...(config['dims'] as readonly number[])];
      return this.ordered(
        source,
        perm.map((axis) => first[axis] ?? 0),
        part,
      );
    }
    if (perm.every((axis, i) => axis === i)) return value;
    return this.layer('Permute', { dims: perm.slice(1) }, [value], [], part);
  }

  /** One of our values with its axes where we have them. */
  logical(name: string): LayerValue {
    const value = this.value(name);
    return this.shape(name).length === 4 ? this.ordered(value, THEIRS, 'channels_first') : value;
  }

  /** One of our values with its elements in our order, whatever its axes. */
  listed(name: string): LayerValue {
    return sameOrder(this.shape(name)) ? this.value(name) : this.logical(name);
  }

  /** What `logical` gives, worked on: back where Keras has the axes of a value of this rank. */
  theirs(value: LayerValue, rank: number): LayerValue {
    return rank === 4 ? this.ordered(value, OURS, 'channels_last') : value;
  }
}

/** Writes one of our layers as one or more of Keras'; gives the value it makes. */
export type LayerEmitter = (writer: LayersWriter, node: Node, inputs: readonly LayerValue[]) => LayerValue;
export type LayerEmitters = Readonly<Record<string, LayerEmitter>>;
