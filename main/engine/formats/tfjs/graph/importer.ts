import type { EspalierError } from '../../../../contract/errors.ts';
import { inputError } from '../../../../contract/errors.ts';
import type { AttrValue, Node, ParamRole, TensorData } from '../../../network/graph.ts';
import { sizeOf } from '../../../network/graph.ts';
import { KerasImporter, type Value } from '../../keras/importer.ts';
import { OURS } from '../../keras/order.ts';
import type { LayerAdder } from '../../keras/regroup.ts';
import type { GraphNode } from './nodes.ts';

/** Stands for the size of the batch among the numbers of a shape. */
export const BATCH = -(2 ** 52);
/** Constants that shapes and axes are made of; larger ones are weights. */
const MAX_LIST = 4096;

/** A tensor whose numbers are known. */
export interface Constant {
  readonly shape: readonly number[];
  read(): TensorData;
}

/** Collects our network while the nodes of a graph are read in order. */
export class GraphImporter {
  readonly net: KerasImporter;
  readonly values = new Map<string, Value>();
  readonly constants = new Map<string, Constant>();
  private readonly file: string;
  private readonly uses = new Map<string, number>();

  constructor(file: string, nodes: readonly GraphNode[]) {
    this.file = file;
    this.net = new KerasImporter(file, false);
    for (const name of nodes.flatMap((node) => node.inputs)) {
      this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
    }
  }

  fail(node: GraphNode, message: string, remedy?: string): EspalierError {
    return inputError('tfjs/unsupported', `node '${node.name}' (${node.op}) ${message}`, {
      file: this.file,
      field: node.name,
      remedy,
    });
  }

  value(node: GraphNode, index = 0): Value {
    const name = node.inputs[index] ?? '';
    const value = this.values.get(name);
    if (value === undefined) throw this.fail(node, `reads '${name}', which no node computes from the input`);
    return value;
  }

  /** An image of [batch, channels, height, width]. */
  image(node: GraphNode, index = 0): Value {
    const value = this.value(node, index);
    const order = node.attrs['data_format']?.s ?? 'NHWC';
    if (value.shape.length !== 4 || order !== 'NHWC') {
      throw this.fail(node, `takes something else than images with channels last`);
    }
    return value;
  }

  /** Stored numbers, which must have `shape`; null stands for any size. */
  stored(node: GraphNode, index: number, shape?: readonly (number | null)[]): TensorData {
    const found = this.constants.get(node.inputs[index] ?? '');
    if (found === undefined)
      throw this.fail(node, `computes its input ${index}; only stored ones are supported`);
    const fits =
      shape === undefined ||
      (found.shape.length === shape.length &&
        shape.every((dim, i) => dim === null || dim === found.shape[i]));
    if (!fits) throw this.fail(node, `has an input ${index} of shape [${found.shape.join(', ')}]`);
    return found.read();
  }

  /** A short list of stored integers: axes, shapes, pads. */
  list(node: GraphNode, index: number): number[] {
    const found = this.constants.get(node.inputs[index] ?? '');
    if (found === undefined || sizeOf(found.shape) > MAX_LIST) {
      throw this.fail(node, `computes its input ${index} from the data, which is not supported`);
    }
    return [...found.read().data];
  }

  setList(node: GraphNode, values: readonly number[], shape: readonly number[] = [values.length]): void {
    if (values.length > MAX_LIST) throw this.fail(node, 'makes a list that is too long');
    // Sizes and the batch's mark are exact in single precision, or so large that they are refused later.
    this.constants.set(node.name, { shape, read: () => ({ shape, data: Float32Array.from(values) }) });
  }

  /** Adds one of our layers; its value is the node's unless it is a part of it. */
  add(
    node: GraphNode,
    op: string,
    inputs: readonly Value[],
    attrs: Readonly<Record<string, AttrValue>> = {},
    params: Readonly<Record<string, string>> = {},
    part?: string,
  ): Value {
    const layer = { ...this.about(node) };
    const value = this.net.add(
      layer,
      part === undefined ? node.name : `${node.name}/${part}`,
      op,
      inputs,
      attrs,
      params,
    );
    if (part === undefined) this.values.set(node.name, value);
    return value;
  }

  /** Adds layers for a node, which its last one makes the value of. */
  adder(node: GraphNode): LayerAdder {
    return {
      fail: (message, remedy) => this.fail(node, message, remedy),
      add: (op, inputs, attrs, params, part) => this.add(node, op, inputs, attrs, params, part),
      transposed: (value, perm, part) => this.transposed(node, value, perm, part),
    };
  }

  transposed(node: GraphNode, value: Value, perm: readonly number[], part: string): Value {
    return this.net.transposed(this.about(node), `${node.name}/${part}`, value, perm);
  }

  /** How many nodes read a node's value. */
  readers(name: string): number {
    return this.uses.get(name) ?? 0;
  }

  /** Puts another layer in a layer's place; it makes the value of `node`, and bears its name. */
  replace(old: Node, layer: Node, node: GraphNode): void {
    this.values.set(node.name, this.net.replace(old, layer, node.name));
  }

  /** Keeps numbers under the name of the stored tensor; another use in another form gets a name of its own. */
  param(node: GraphNode, index: number, role: ParamRole, tensor: TensorData): string {
    const wanted = node.inputs[index] ?? node.name;
    const known = this.net.params[wanted];
    const free = known === undefined || (known.role === role && known.shape.join() === tensor.shape.join());
    return this.net.param(this.about(node), free ? wanted : `${wanted}/${node.name}`, role, tensor);
  }

  /** One axis of a value as TensorFlow counts it, as ours; the batch is refused. */
  axis(node: GraphNode, value: Value, axis: number): number {
    const rank = value.shape.length;
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 1 || positive >= rank)
      throw this.fail(node, `works on axis ${axis} of a value of rank ${rank}`);
    return rank === 4 ? (OURS[positive] ?? 0) : positive;
  }

  private about(node: GraphNode) {
    return { className: node.op, name: node.name, config: {}, calls: [], operation: false };
  }
}
