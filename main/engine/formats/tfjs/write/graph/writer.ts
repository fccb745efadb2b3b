import type { EspalierError } from '../../../../../contract/errors.ts';
import { inputError } from '../../../../../contract/errors.ts';
import type { Network, Node, TensorData, WeightSet } from '../../../../network/graph.ts';
import { inferShapes } from '../../../../network/shape.ts';
import { OURS, THEIRS } from '../../../keras/order.ts';
import { reorder, withShape } from '../../../keras/reorder.ts';
import { Names } from '../../../keras/write/names.ts';
import type { StoredTensor } from '../weights.ts';
import type { GraphAttr } from './attributes.ts';
import { float, int32, shapeOf } from './attributes.ts';

/** An operation of the graph. */
export interface GraphOp {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, GraphAttr>>;
}

/** Where the channels of an image are: 'first' as we have them, 'last' as TensorFlow has. Other values have only 'first'. */
export type Form = 'first' | 'last';

/** A value in one of its forms. */
export interface Formed {
  readonly form: Form;
  readonly tensor: string;
}

/**
 * Collects the operations of a graph while our layers are written one after the other. A value has the form it was made in,
 * and gets the other one when somebody asks.
 */
export class GraphWriter {
  readonly ops: GraphOp[] = [];
  readonly tensors: StoredTensor[] = [];
  private readonly network: Network;
  private readonly weights: WeightSet;
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly forms = new Map<string, Partial<Record<Form, string>>>();
  private readonly names = new Names({ slashes: true });
  /** Stored numbers by what they are, so that each is there once. */
  private readonly stored = new Map<string, string>();
  private current = '';

  constructor(network: Network, weights: WeightSet) {
    this.network = network;
    this.weights = weights;
    this.shapes = inferShapes(network, 1);
    for (const { name } of network.inputs) {
      const shape = [-1, ...this.theirShape(name).slice(1)];
      this.begin(name);
      const form = shape.length === 4 ? 'last' : 'first';
      this.set(
        name,
        form,
        this.add('Placeholder', [], { dtype: float, shape: { shape: shapeOf(shape) } }, ''),
      );
    }
  }

  /** Operations that are added from now on are called after this layer of ours. */
  begin(name: string): void {
    this.current = name;
  }

  refuse(node: Node, message: string): EspalierError {
    return inputError('export/unsupported', `${node.op} '${node.name}' ${message}.`, {
      field: node.name,
      remedy: 'Export it as ONNX, which has words for every layer.',
    });
  }

  shape(name: string): readonly number[] {
    return this.shapes.get(name) ?? [];
  }

  /** The shape of one of our values as TensorFlow has it. */
  theirShape(name: string): readonly number[] {
    const shape = this.shape(name);
    return shape.length === 4 ? OURS.map((axis) => shape[axis] ?? 1) : shape;
  }

  /** Adds an operation; gives the name of its output. Without a part, it is the layer itself. */
  add(
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, GraphAttr>> = { T: float },
    part: string = op,
  ): string {
    const name = this.names.fresh(part === '' ? this.current : `${this.current}/${part}`);
    this.ops.push({ name, op, input, attr });
    return name;
  }

  set(value: string, form: Form, tensor: string): void {
    this.forms.set(value, { ...this.forms.get(value), [form]: tensor });
  }

  /** The first output of a node, made by one operation of the node's name. */
  make(
    node: Node,
    form: Form,
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, GraphAttr>> = { T: float },
  ): void {
    this.set(node.outputs[0] ?? '', form, this.add(op, input, attr, ''));
  }

  /** A value in one form: as it was made, or with its axes put in another order. */
  get(value: string, form: Form): string {
    const known = this.forms.get(value);
    const there = known?.[form];
    if (there !== undefined) return there;
    const other = known?.[form === 'first' ? 'last' : 'first'];
    if (other === undefined) throw new Error(`nothing makes '${value}' with channels ${form}`);
    const part = form === 'first' ? 'channels_first' : 'channels_last';
    const tensor = this.transposed(other, form === 'first' ? THEIRS : OURS, part);
    this.set(value, form, tensor);
    return tensor;
  }

  /** A value in a form that is there, channels last where both are. */
  any(value: string): Formed {
    const last = this.forms.get(value)?.last;
    return last === undefined
      ? { form: 'first', tensor: this.get(value, 'first') }
      : { form: 'last', tensor: last };
  }

  transposed(tensor: string, perm: readonly number[], part = 'Transpose'): string {
    if (perm.every((axis, i) => axis === i)) return tensor;
    return this.add('Transpose', [tensor, this.ints(perm)], { T: float, Tperm: int32 }, part);
  }

  /** A stored list of integers. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const key = `${values.join()} ${shape.join()}`;
    const known = this.stored.get(key);
    if (known !== undefined) return known;
    const name = this.constant('int32', `integers/${shape.length === 0 ? values.join() : values.join('_')}`, {
      shape,
      data: Float32Array.from(values),
    });
    this.stored.set(key, name);
    return name;
  }

  scalar(value: number): string {
    return this.constant('float32', `${this.current}/constant`, { shape: [], data: Float32Array.of(value) });
  }

  floats(tensor: TensorData): string {
    return this.constant('float32', `${this.current}/constant`, tensor);
  }

  /** A parameter's numbers, in another order or shape if need be; the same one in the same shape is stored once. */
  param(node: Node, role: string, change: (tensor: TensorData) => TensorData = (tensor) => tensor): string {
    const { name, tensor } = this.known(node, role);
    const changed = change(tensor);
    const key = `${node.op} ${role} ${name} ${changed.shape.join()}`;
    const known = this.stored.get(key);
    if (known !== undefined) return known;
    const stored = this.constant('float32', name, changed);
    this.stored.set(key, stored);
    return stored;
  }

  /** A parameter as an operand beside a value of this rank and form: [channels, 1, 1] goes to the last axis with channels last. */
  operand(node: Node, role: string, rank: number, form: Form): string {
    return this.param(node, role, (tensor) => {
      if (form === 'first' || tensor.data.length === 1) return tensor;
      const whole = [...Array<number>(rank - tensor.shape.length).fill(1), ...tensor.shape];
      return reorder(withShape(tensor, whole), OURS);
    });
  }

  has(node: Node, role: string): boolean {
    return node.params[role] !== undefined;
  }

  tensor(node: Node, role: string): TensorData {
    return this.known(node, role).tensor;
  }

  private known(node: Node, role: string): { name: string; tensor: TensorData } {
    const name = node.params[role];
    const tensor = name === undefined ? undefined : this.weights.get(name);
    if (name === undefined || tensor === undefined) throw this.refuse(node, `has no ${role}`);
    return { name, tensor };
  }

  private constant(dtype: StoredTensor['dtype'], wanted: string, tensor: TensorData): string {
    const name = this.names.fresh(wanted);
    const type = dtype === 'float32' ? float : int32;
    const value = { tensor: { dtype: type['type'], tensorShape: shapeOf(tensor.shape) } };
    this.ops.push({ name, op: 'Const', input: [], attr: { dtype: type, value } });
    this.tensors.push({ name, dtype, tensor });
    return name;
  }
}

/** Writes one of our layers as operations. */
export type GraphEmitter = (writer: GraphWriter, node: Node) => void;
export type GraphEmitters = Readonly<Record<string, GraphEmitter>>;
