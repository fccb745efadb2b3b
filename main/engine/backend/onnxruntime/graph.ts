import type { OnnxAttribute } from '../../protobuf/onnx.ts';

/**
 * Recording: what has been asked for but not yet computed, as a graph of ONNX operations. A `Value` is an array that exists
 * or will exist; a `GraphNode` is one ONNX operation. Equal operations on equal inputs are the same node, so that the
 * same transposition or mean asked for twice is computed once.
 */

/** Types inside a graph. int64 appears only in shapes, axes and positions; tfjs never sees it. */
export type ValueType = 'float32' | 'int32' | 'bool' | 'int64';
export type HostArray = Float32Array | Int32Array | Uint8Array | BigInt64Array;
export type Attributes = Readonly<Record<string, OnnxAttribute>>;

export class Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly type: ValueType;
  /** The operation that makes it; gone once the value is known. */
  node: GraphNode | undefined;
  /** Which output of `node` it is. */
  readonly index: number;
  /** The numbers, once known: fed to the graphs that need them. */
  data: HostArray | undefined;
  /** How `data` enters a graph: as an input of each run, or written into the model. */
  readonly kind: 'computed' | 'data' | 'constant' | 'placeholder';
  /** The name by which a placeholder is fed. */
  readonly name: string | undefined;
  private static next = 0;

  private constructor(
    fields: Pick<Value, 'shape' | 'type' | 'kind'> & Partial<Pick<Value, 'node' | 'index' | 'data' | 'name'>>,
  ) {
    this.id = Value.next++;
    this.shape = fields.shape;
    this.type = fields.type;
    this.kind = fields.kind;
    this.node = fields.node;
    this.index = fields.index ?? 0;
    this.data = fields.data;
    this.name = fields.name;
  }

  /** Numbers that change from run to run and therefore must not become part of a graph's identity. */
  static data(data: HostArray, shape: readonly number[], type: ValueType): Value {
    return new Value({ kind: 'data', data, shape, type });
  }

  /** Numbers that belong to the graph itself: axes, shapes, epsilons. */
  static constant(data: HostArray, shape: readonly number[], type: ValueType): Value {
    return new Value({ kind: 'constant', data, shape, type });
  }

  /** Numbers that a compiled step is fed by name on each run; there are none while it is traced. */
  static placeholder(name: string, shape: readonly number[], type: ValueType): Value {
    return new Value({ kind: 'placeholder', name, shape, type });
  }

  static output(node: GraphNode, index: number, shape: readonly number[], type: ValueType): Value {
    return new Value({ kind: 'computed', node, index, shape, type });
  }

  get size(): number {
    return this.shape.reduce((size, dim) => size * dim, 1);
  }

  /** The numbers have been computed: the value becomes a leaf and lets go of what it was made from. */
  resolve(data: HostArray): void {
    this.data = data;
    this.node = undefined;
  }
}

export interface GraphNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attrs: Attributes;
  readonly outputs: readonly Value[];
}

export interface OutputSpec {
  readonly shape: readonly number[];
  readonly type: ValueType;
}

export interface NodeOptions {
  readonly attrs?: Attributes;
  readonly domain?: string;
}

/** How many recorded operations are remembered for sharing before the memory is cleared. */
const MAX_SHARED = 20_000;

export class Graph {
  /** Channels in a block of onnxruntime's blocked layout on this processor; undefined where it has none. */
  block: number | undefined;
  /** onnxruntime's execution provider that will run it. */
  readonly provider: string;
  private readonly shared = new Map<string, GraphNode>();
  private readonly constants = new Map<string, Value>();

  constructor(block?: number, provider = 'cpu') {
    this.block = block;
    this.provider = provider;
  }

  /** Records an operation with one output. An undefined input is an optional one that is left out. */
  op(
    op: string,
    inputs: readonly (Value | undefined)[],
    output: OutputSpec,
    options: NodeOptions = {},
  ): Value {
    return first(this.ops(op, inputs, [output], options));
  }

  /** Records an operation with several outputs. */
  ops(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly OutputSpec[],
    { attrs = {}, domain = '' }: NodeOptions = {},
  ): readonly Value[] {
    const key = `${domain}:${op}(${inputs.map((input) => input?.id ?? '').join()})${JSON.stringify(attrs)}${describe(outputs)}`;
    const known = this.shared.get(key);
    if (known !== undefined) return known.outputs;
    const made: Value[] = [];
    const node: GraphNode = { op, domain, inputs, attrs, outputs: made };
    outputs.forEach(({ shape, type }, index) => made.push(Value.output(node, index, shape, type)));
    if (this.shared.size >= MAX_SHARED) this.shared.clear();
    this.shared.set(key, node);
    return made;
  }

  /** A list of integers (axes, shapes, starts) as a 1-D constant. */
  integers(values: readonly number[]): Value {
    return this.constant(`i${values.join()}`, () =>
      Value.constant(BigInt64Array.from(values, BigInt), [values.length], 'int64'),
    );
  }

  /** A number as a constant of rank 0. */
  scalar(value: number, type: 'float32' | 'int32' | 'bool' = 'float32'): Value {
    return this.constant(`${type}${Object.is(value, -0) ? '-0' : value}`, () =>
      Value.constant(arrayOf(type, [value]), [], type),
    );
  }

  /** A number as a constant of the given shape, all of whose axes are 1. */
  single(value: number, type: 'float32' | 'int32' | 'bool', shape: readonly number[]): Value {
    return this.constant(`${type}${value}:${shape.length}`, () =>
      Value.constant(arrayOf(type, [value]), shape, type),
    );
  }

  /** A constant with a name of its own by which it is made only once. */
  constant(key: string, make: () => Value): Value {
    let value = this.constants.get(key);
    if (value === undefined) {
      value = make();
      this.constants.set(key, value);
    }
    return value;
  }

  /** Forgets what could be shared; recorded values themselves stay valid. */
  forget(): void {
    this.shared.clear();
    this.constants.clear();
  }
}

/** The arrays in which the host holds each type. */
export const ARRAYS: Readonly<Record<ValueType, new (length: number) => HostArray>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  int64: BigInt64Array,
};

/** A typed array of the given type from plain numbers. */
export function arrayOf(type: Exclude<ValueType, 'int64'>, values: ArrayLike<number>): HostArray {
  const array = new ARRAYS[type](values.length) as Float32Array;
  array.set(values);
  return array;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

function describe(outputs: readonly OutputSpec[]): string {
  return outputs.map(({ shape, type }) => `${type}${shape.join('x')}`).join();
}

function first(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new Error('an operation without outputs');
  return value;
}
