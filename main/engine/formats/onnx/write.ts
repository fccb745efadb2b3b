import type { MaskSet, Network, WeightSet } from '../../network/graph.ts';
import { paramsInOrder } from '../../network/graph.ts';
import { nodeError } from '../../network/node-reading.ts';
import type { EmitContext, OnnxAttr } from '../../network/op.ts';
import { opOf } from '../../network/ops/index.ts';
import { inferShapes } from '../../network/shape.ts';
import { verifyWeights } from '../../network/verify.ts';
import type { ElementType } from '../signature.ts';
import { toHalf } from '../half-write.ts';
import { maskedValues } from '../../network/masked.ts';
import { littleEndianBytes } from '../little-endian.ts';
import type { OnnxModel, OnnxNode, OnnxSparseTensor, OnnxTensor, OnnxValue } from '../../protobuf/onnx.ts';
import { encodeModel, OnnxType } from '../../protobuf/onnx.ts';

const OPSET = 17;
const IR_VERSION = 8;
/** Name of the open first axis of inputs and outputs. */
const BATCH = 'batch';

export interface WriteOnnxOptions {
  /** Texts for the file's metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Pruned weights are written as zeros, whatever the weight set holds. */
  readonly masks?: MaskSet;
  /** Weights go into the file as positions and values where that is smaller: with more than two thirds of zeros. */
  readonly sparse?: boolean;
  /** The type that the file's tensors have and its operators work in (float32). */
  readonly type?: 'float32' | 'float16';
  /** Types of inputs and outputs that are not float32, by their names. */
  readonly ports?: ReadonlyMap<string, ElementType>;
}

/**
 * The network as an .onnx file: opset 17, any batch size, initialisers and nodes under their own names.
 * @throws EspalierError when the weights do not belong to the network
 */
export function writeOnnx(network: Network, weights: WeightSet, options: WriteOnnxOptions = {}): Uint8Array {
  return encodeModel(onnxModelOf(network, weights, options));
}

/** What `writeOnnx` writes, before it becomes bytes. */
export function onnxModelOf(network: Network, weights: WeightSet, options: WriteOnnxOptions = {}): OnnxModel {
  verifyWeights(network, weights);
  const shapes = inferShapes(network, 1);
  const { type: inside = 'float32', ports = new Map<string, ElementType>() } = options;
  const half = inside === 'float16';
  const graph = new GraphWriter(network, shapes, half);
  const sparseInitializers: OnnxSparseTensor[] = [];
  for (const name of paramsInOrder(network)) {
    const data = maskedValues(name, weights, options.masks);
    const dims = network.params[name]?.shape ?? [];
    const sparse = options.sparse === true ? sparseTensor(name, dims, data) : undefined;
    if (sparse !== undefined) sparseInitializers.push(sparse);
    else graph.initializers.push({ name, dims, ...graph.floats(data) });
  }
  for (const node of network.nodes) {
    graph.begin(node.name);
    opOf(node).emit(graph, node, node.inputs);
    if (!node.outputs.every((name) => graph.made.has(name))) {
      throw nodeError(node, 'could not be written: not all of its outputs are made');
    }
  }
  const value = (name: string): OnnxValue => ({
    name,
    type: OnnxType[ports.get(name) ?? 'float32'],
    dims: [BATCH, ...(shapes.get(name) ?? []).slice(1)],
  });
  return {
    irVersion: IR_VERSION,
    opsets: [{ domain: '', version: OPSET }],
    producer: { name: 'Espalier', version: '' },
    graph: {
      name: network.name,
      nodes: betweenCasts(network, graph.nodes, inside, ports),
      initializers: graph.initializers,
      sparseInitializers,
      inputs: network.inputs.map((input) => value(input.name)),
      outputs: network.outputs.map(value),
    },
    metadata: options.metadata,
  };
}

/** What names, shapes and lengths of the second tensor take beside its positions, without the name itself. */
const SPARSE_EXTRA = 40;

/** A tensor as positions and values, when that takes fewer bytes: 12 for each value instead of 4 for each element. */
function sparseTensor(
  name: string,
  dims: readonly number[],
  data: Float32Array,
): OnnxSparseTensor | undefined {
  const places: number[] = [];
  data.forEach((value, i) => {
    if (value !== 0) places.push(i);
  });
  // A tensor of zeros only is not one that every program reads.
  const bytes = places.length * 12 + name.length + SPARSE_EXTRA;
  if (places.length === 0 || bytes >= data.length * 4) return undefined;
  const values = Float32Array.from(places, (place) => data[place] ?? 0);
  return {
    dims,
    values: { name, dims: [places.length], type: OnnxType.float32, raw: littleEndianBytes(values) },
    indices: {
      name: `${name}_indices`,
      dims: [places.length],
      type: OnnxType.int64,
      raw: littleEndianBytes(BigInt64Array.from(places, BigInt)),
    },
  };
}

/** Puts a network between casts wherever it works in another type than an input or output has. */
function betweenCasts(
  network: Network,
  nodes: readonly OnnxNode[],
  inside: 'float32' | 'float16',
  ports: ReadonlyMap<string, ElementType>,
): readonly OnnxNode[] {
  const other = (name: string) => (ports.get(name) ?? 'float32') !== inside;
  const inputs = network.inputs.map(({ name }) => name).filter(other);
  const outputs = network.outputs.filter(other);
  if (inputs.length + outputs.length === 0) return nodes;
  const apart = new Set([...inputs, ...outputs]);
  const inner = (name: string) =>
    apart.has(name) ? `${name}/${inside === 'float16' ? 'half' : 'float'}` : name;
  const cast = (from: string, to: string, type: number): OnnxNode => ({
    name: `${to}/Cast`,
    opType: 'Cast',
    inputs: [from],
    outputs: [to],
    attrs: { to: type },
  });
  return [
    ...inputs.map((name) => cast(name, inner(name), OnnxType[inside])),
    ...nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(inner),
      outputs: node.outputs.map(inner),
    })),
    ...outputs.map((name) => cast(inner(name), name, OnnxType[ports.get(name) ?? 'float32'])),
  ];
}

/** Collects what the layers write. Helper values and nodes get the layer's name as a prefix. */
class GraphWriter implements EmitContext {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly made = new Set<string>();
  private readonly network: Network;
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly taken: Set<string>;
  private readonly nodeNames: Set<string>;
  private readonly half: boolean;
  private layer = '';

  constructor(network: Network, shapes: ReadonlyMap<string, readonly number[]>, half: boolean) {
    this.network = network;
    this.half = half;
    this.shapes = shapes;
    this.taken = new Set([...shapes.keys(), ...Object.keys(network.params)]);
    this.nodeNames = new Set(network.nodes.map((node) => node.name));
  }

  begin(layer: string): void {
    this.layer = layer;
  }

  node(
    opType: string,
    inputs: readonly string[],
    attrs: Readonly<Record<string, OnnxAttr>> = {},
    outputs?: readonly string[],
  ): string[] {
    // The node that makes the layer's own values bears its name.
    const name = outputs === undefined ? fresh(this.nodeNames, `${this.layer}/${opType}`) : this.layer;
    const names = outputs ?? [fresh(this.taken, `${this.layer}/${opType}`)];
    for (const output of names) this.made.add(output);
    const present = inputs.slice(0, inputs.findLastIndex((input) => input !== '') + 1);
    this.nodes.push({ name, opType, inputs: present, outputs: names, attrs });
    return [...names];
  }

  param(node: { readonly params: Readonly<Record<string, string>> }, role: string): string {
    return node.params[role] ?? '';
  }

  int64(values: readonly number[]): string {
    return this.constant(
      OnnxType.int64,
      [values.length],
      littleEndianBytes(BigInt64Array.from(values, BigInt)),
    );
  }

  scalar(value: number): string {
    const { type, raw } = this.floats(Float32Array.of(value));
    return this.constant(type, [], raw);
  }

  /** Numbers in the file's type. */
  floats(data: Float32Array): Pick<OnnxTensor, 'type' | 'raw'> {
    return this.half
      ? { type: OnnxType.float16, raw: littleEndianBytes(Uint16Array.from(data, toHalf)) }
      : { type: OnnxType.float32, raw: littleEndianBytes(data) };
  }

  shape(value: string): readonly number[] {
    const shape = this.shapes.get(value) ?? this.network.params[value]?.shape;
    if (shape === undefined) throw new Error(`no value or parameter is named '${value}'`);
    return shape;
  }

  private constant(type: OnnxTensor['type'], dims: readonly number[], raw: Uint8Array): string {
    const name = fresh(this.taken, `${this.layer}/constant`);
    this.initializers.push({ name, dims, type, raw });
    return name;
  }
}

/** A name that is not taken yet, and is from now on. */
function fresh(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`;
  taken.add(name);
  return name;
}
