import type { EspalierError } from '../../../contract/errors.ts';
import { EspalierError as Refusal, inputError } from '../../../contract/errors.ts';
import type {
  AttrValue,
  Network,
  Node,
  ParamInfo,
  ParamRole,
  TensorData,
  WeightSet,
} from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { opOf } from '../../network/ops/index.ts';
import type { KerasLayer } from './config.ts';

/**
 * A value on its way. Where Keras has [batch, height, width, channels], `shape` is our [batch, channels, height, width];
 * other ranks are the same. The batch counts as 1.
 */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A layer's stored numbers, by the names that Keras gives them ('kernel', 'gamma'). */
export type LayerWeights = (weight: string, index: number) => TensorData | undefined;

const initOf: Readonly<Record<ParamRole, ParamInfo['init']>> = {
  weight: { kind: 'he-normal' },
  bias: { kind: 'zeros' },
  scale: { kind: 'ones' },
  shift: { kind: 'zeros' },
  mean: { kind: 'zeros' },
  variance: { kind: 'ones' },
  constant: { kind: 'zeros' },
};

/** Collects our network while a model's layers are read one after the other. */
export class KerasImporter {
  readonly file: string;
  /** Written by Keras 3, which means something else by some names. */
  readonly keras3: boolean;
  readonly nodes: Node[] = [];
  readonly params = Object.create(null) as Record<string, ParamInfo>;
  readonly weights: WeightSet = new Map();
  private readonly values = new Map<string, Value>();
  private readonly madeBy = new Map<string, Node>();

  constructor(file: string, keras3: boolean) {
    this.file = file;
    this.keras3 = keras3;
  }

  fail(layer: Pick<KerasLayer, 'name' | 'className'>, message: string, remedy?: string): EspalierError {
    return inputError('keras/unsupported', `layer '${layer.name}' (${layer.className}) ${message}`, {
      file: this.file,
      field: layer.name,
      remedy,
    });
  }

  /** Makes a value known that comes from outside. */
  input(name: string, sample: readonly number[]): Value {
    const value = { name: this.fresh(name), shape: [1, ...sample] };
    this.values.set(value.name, value);
    return value;
  }

  /** Adds one of our layers, which makes one value of its own name. */
  add(
    layer: KerasLayer,
    name: string,
    op: string,
    inputs: readonly Value[],
    attrs: Readonly<Record<string, AttrValue>> = {},
    params: Readonly<Record<string, string>> = {},
  ): Value {
    const own = this.fresh(name);
    const node: Node = {
      name: own,
      op,
      inputs: inputs.map((value) => value.name),
      outputs: [own],
      params,
      attrs,
    };
    const sofar: Network = { name: '', inputs: [], outputs: [], nodes: this.nodes, params: this.params };
    let shape: readonly number[];
    try {
      [shape = []] = opOf(node).infer(
        node,
        inputs.map((value) => value.shape),
        sofar,
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw this.fail(layer, `does not fit: ${error.message}`, error.problem.remedy);
    }
    if (!shape.every((dim) => Number.isSafeInteger(dim) && dim > 0) || sizeOf(shape) > 2 ** 31) {
      throw this.fail(layer, `would make a value of shape [${shape.join(', ')}]`);
    }
    this.nodes.push(node);
    this.madeBy.set(own, node);
    const value = { name: own, shape };
    this.values.set(own, value);
    return value;
  }

  /** Puts another layer, of another name, in the place of one whose value nobody has read yet. */
  replace(old: Node, layer: Node, name: string): Value {
    const own = this.fresh(name);
    const node: Node = { ...layer, name: own, outputs: [own] };
    this.nodes[this.nodes.indexOf(old)] = node;
    this.madeBy.set(own, node);
    const value = { name: own, shape: this.values.get(old.name)?.shape ?? [] };
    this.values.set(own, value);
    return value;
  }

  /** A value with its axes in another order; two such changes after each other become one, or none. */
  transposed(layer: KerasLayer, name: string, value: Value, perm: readonly number[]): Value {
    const before = this.madeBy.get(value.name);
    if (before?.op === 'Transpose') {
      const first = before.attrs['perm'] as readonly number[];
      const source = this.values.get(before.inputs[0] ?? '');
      const both = perm.map((axis) => first[axis] ?? 0);
      if (source !== undefined) return this.transposed(layer, name, source, both);
    }
    if (perm.every((axis, i) => axis === i)) return value;
    return this.add(layer, name, 'Transpose', [value], { perm: [...perm] });
  }

  /** Keeps numbers as a parameter; a layer that is used again finds its own there already. */
  param(layer: KerasLayer, name: string, role: ParamRole, tensor: TensorData): string {
    const { shape } = tensor;
    const known = this.params[name];
    if (known !== undefined && (known.role !== role || known.shape.join() !== shape.join())) {
      throw this.fail(layer, `has the same name as another layer`);
    }
    this.params[name] = { shape, role, init: initOf[role] };
    this.weights.set(name, tensor);
    return name;
  }

  private fresh(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.values.has(name); i++) name = `${wanted}_${i}`;
    return name;
  }
}
