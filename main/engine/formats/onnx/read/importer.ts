import type { EspalierError } from '../../../../contract/errors.ts';
import { EspalierError as Refusal, inputError } from '../../../../contract/errors.ts';
import type { AttrValue, Network, Node, ParamInfo, ParamRole, WeightSet } from '../../../network/graph.ts';
import { opOf } from '../../../network/ops/index.ts';
import type { Constant, ExternalData, FloatConstant } from './constant.ts';
import { constantOf } from './constant.ts';
import { readBy } from './graph/names.ts';
import { Marks } from './marks.ts';
import type { ReadModel, ReadNode, ReadTensor } from './model.ts';
import { transposed, transposedMatrix } from './transposed.ts';

/** A value that the network computes: its name and its shape, the batch first and counted as 1. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One layer to be added for a node of the file; name and output are the node's own unless given. */
export interface NewLayer {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attrs?: Readonly<Record<string, AttrValue>>;
  readonly params?: Readonly<Record<string, string>>;
  /** Name of the value it makes, where that is not the node's first output. */
  readonly output?: string;
}

/**
 * A value whose axes are not those that the network's own layers allow: the batch is not the first one, or is one together
 * with others, as where attention works on [batch * heads, tokens, width].
 */
export interface View {
  readonly source: Value;
  /** Axis i of the view is made of these axes of the source, in this order; each of them is in one axis of the view. */
  readonly axes: readonly (readonly number[])[];
}

const initOf: Readonly<Record<ParamRole, ParamInfo['init']>> = {
  weight: { kind: 'he-normal' },
  bias: { kind: 'zeros' },
  scale: { kind: 'ones' },
  shift: { kind: 'zeros' },
  mean: { kind: 'zeros' },
  variance: { kind: 'ones' },
  constant: { kind: 'zeros' },
};

/** Collects the network while the nodes of a file are read one after the other; what the readers of operators work with. */
export class Importer {
  readonly model: ReadModel;
  readonly weights: WeightSet = new Map();
  readonly layers: Node[] = [];
  /** Values of one axis that were taken from an image of one row: the next layer for images goes on with that. */
  readonly images = new Map<string, Value>();
  readonly marks = new Marks();
  /** Without a prototype: a file may name a tensor 'constructor'. */
  readonly params = Object.create(null) as Record<string, ParamInfo>;
  /** The batch size that the file insists on; 1 when it is open. */
  readonly declaredBatch: number;
  readonly batchIsOpen: boolean;
  private readonly nodesInFile: number;
  private readonly file: string | undefined;
  private readonly external: ExternalData | undefined;
  private readonly stored = new Map<string, ReadTensor>();
  private readonly computed = new Map<string, Constant>();
  private readonly values = new Map<string, Value>();
  private readonly views = new Map<string, View>();
  /** Constants that are stored matrices with their axes exchanged: name -> the stored one's. */
  private readonly turned = new Map<string, string>();
  private readonly originals = new Map<ReadNode, ReadNode>();
  private readonly learned = new Set<string>();
  private readonly uses = new Map<string, number>();
  private readonly madeBy = new Map<string, number>();
  private readonly layerNames = new Map<string, number>();
  /** Numbers that may still be unpacked: some uses of every stored number, but not thousands. */
  private budget: number;

  constructor(
    model: ReadModel,
    {
      nodesInFile,
      file,
      external,
      externalBytes = 0,
    }: {
      nodesInFile: number;
      file?: string;
      external?: ExternalData;
      externalBytes?: number;
    },
  ) {
    this.model = model;
    this.nodesInFile = nodesInFile;
    this.file = file;
    this.external = external;
    this.budget = model.bytes + externalBytes + 2 ** 24;
    this.know(model.initializers, model.nodes);
    for (const { name } of model.outputs) this.use(name);
    const batch = this.graphInputs()[0]?.dims?.[0];
    this.batchIsOpen = !(typeof batch === 'number' && batch > 0);
    this.declaredBatch = typeof batch === 'number' && batch > 0 ? batch : 1;
  }

  /** Makes stored tensors known, and counts who reads what: of the whole graph, or of a branch that takes a node's place. */
  know(tensors: readonly ReadTensor[], nodes: readonly ReadNode[]): void {
    for (const tensor of tensors) this.stored.set(tensor.name, tensor);
    for (const node of nodes) for (const name of readBy(node)) this.use(name);
  }

  private use(name: string): void {
    this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
  }

  /** The inputs of the graph that are not stored in the file (old files list stored ones too). */
  graphInputs(): ReadModel['inputs'] {
    return this.model.inputs.filter((input) => !this.stored.has(input.name));
  }

  /** An error about a node, naming its place in the file's graph. */
  fail(given: ReadNode, message: string, remedy?: string): EspalierError {
    const node = this.originals.get(given) ?? given;
    const place = `${node.place + 1} of ${this.nodesInFile}`;
    const name = node.name === '' ? (node.outputs[0] ?? '') : node.name;
    return inputError('onnx/unsupported', `node '${name}' (${node.opType}, ${place}) ${message}`, {
      file: this.file,
      field: name,
      remedy,
    });
  }

  /** Makes a value of the network's own known. */
  setValue(value: Value): void {
    this.values.set(value.name, value);
  }

  setConstant(name: string, constant: Constant): void {
    this.computed.set(name, constant);
  }

  /** Notes a view; whoever reads it reads its source. */
  setView(name: string, view: View): void {
    this.views.set(name, view);
    const source = view.source.name;
    this.uses.set(source, (this.uses.get(source) ?? 0) + (this.uses.get(name) ?? 0));
  }

  /** Lets a changed copy of a node of the file stand for it in messages. */
  standIn(changed: ReadNode, node: ReadNode): void {
    this.originals.set(changed, node);
  }

  /** The view of this name, where there is one. */
  viewNamed(name: string): View | undefined {
    return this.views.get(name);
  }

  /** Remembers that a constant is a stored matrix with its axes exchanged: the network keeps the stored one. */
  setTurned(name: string, stored: string): void {
    if (this.stored.has(stored)) this.turned.set(name, stored);
  }

  valueNamed(name: string): Value | undefined {
    return this.values.get(name);
  }

  /** The input when its numbers are known; undefined when it is computed by the network or left out. */
  constant(node: ReadNode, index: number): Constant | undefined {
    const name = node.inputs[index];
    if (name === undefined || name === '') return undefined;
    const known = this.computed.get(name);
    if (known !== undefined) return known;
    const tensor = this.stored.get(name);
    if (tensor === undefined) return undefined;
    // Not remembered: what is large becomes a parameter, and should be in memory once.
    const constant = this.decoded(tensor);
    this.spend(node, constant.data.length);
    return constant;
  }

  /** Whether anything reads an output of the node. */
  isRead(node: ReadNode, index: number): boolean {
    const name = node.outputs[index] ?? '';
    return name !== '' && (this.uses.get(name) ?? 0) > 0;
  }

  /** The numbers of a tensor. */
  decoded(tensor: ReadTensor): Constant {
    return constantOf(tensor, this.file, this.external);
  }

  /** Counts work on constants, so that a small file cannot ask for hours of it. */
  spend(node: ReadNode, numbers: number): void {
    this.budget -= numbers;
    if (this.budget >= 0) return;
    const { problem } = this.fail(node, 'is one use of stored numbers too many');
    // Not to be gone on after, whatever depends on the node.
    throw inputError('onnx/work', problem.message, { file: this.file, field: problem.field });
  }

  /** The shape of a known input, without unpacking it. */
  shapeOfConstant(name: string): readonly number[] {
    return this.computed.get(name)?.shape ?? this.stored.get(name)?.dims ?? [];
  }

  /** Whether the numbers of this input are known. */
  isConstant(name: string): boolean {
    return this.computed.has(name) || this.stored.has(name);
  }

  /** The input as a value that the network computes. */
  value(node: ReadNode, index = 0): Value {
    const name = node.inputs[index] ?? '';
    const value = this.values.get(name);
    if (value !== undefined) return value;
    if (this.views.has(name)) {
      throw this.fail(
        node,
        `works on '${name}', whose first axis is not the batch alone, which is not supported`,
      );
    }
    if (this.isConstant(name)) throw this.fail(node, `takes the constant '${name}' where a value is due`);
    throw this.fail(
      node,
      name === '' ? `lacks its input ${index}` : `reads '${name}', which nothing before it makes`,
    );
  }

  /** A float parameter of the node, which must be stored in the file. */
  floats(node: ReadNode, index: number, what: string): FloatConstant {
    const found = this.constant(node, index);
    if (found === undefined) {
      throw this.fail(node, `computes its ${what}; only stored ones are supported`);
    }
    if (found.kind !== 'float') throw this.fail(node, `has integers as its ${what}`);
    return found;
  }

  /**
   * A stored matrix, with its axes exchanged where `turned` says so.
   * @throws EspalierError when it is computed or no matrix
   */
  matrix(node: ReadNode, index: number, turned: boolean): FloatConstant {
    const original = this.turned.get(node.inputs[index] ?? '');
    if (turned && original !== undefined) return this.storedMatrix(node, original);
    const tensor = this.stored.get(node.inputs[index] ?? '');
    const direct = turned && tensor !== undefined ? transposedMatrix(tensor) : undefined;
    if (direct !== undefined && tensor !== undefined) {
      this.spend(node, direct.length);
      return { kind: 'float', shape: tensor.dims.toReversed(), data: direct };
    }
    const stored = this.floats(node, index, 'matrix');
    const { shape } = stored;
    if (shape.length < 2 || shape.slice(0, -2).some((dim) => dim !== 1)) {
      throw this.fail(
        node,
        `multiplies with a constant of rank ${shape.length}; only matrices are supported`,
      );
    }
    const found = { ...stored, shape: shape.slice(-2) };
    return turned ? (transposed(found, [1, 0]) as FloatConstant) : found;
  }

  private storedMatrix(node: ReadNode, name: string): FloatConstant {
    const found = this.decoded(this.stored.get(name) as ReadTensor);
    if (found.kind !== 'float') throw this.fail(node, 'has integers as its matrix');
    this.spend(node, found.data.length);
    return found;
  }

  /** Keeps numbers as a parameter of the network, under the name of the node's input where that is free. */
  param(node: ReadNode, index: number, role: ParamRole, values: FloatConstant): string {
    const given = node.inputs[index] ?? `${node.outputs[0] ?? ''}.${role}`;
    return this.keep(this.turned.get(given) ?? given, values, role);
  }

  /** Whether a layer with weights stands between the network's inputs and this value. */
  isLearned(value: Value): boolean {
    return this.learned.has(value.name);
  }

  /** Whether the numbers stand in the file as they are, not worked out from others. */
  isStored(name: string): boolean {
    return this.stored.has(name);
  }

  /** Keeps numbers as a parameter of the network, under this name where it is free. */
  keep(wanted: string, { shape, data }: FloatConstant, role: ParamRole): string {
    let name = wanted;
    for (let i = 2; this.params[name] !== undefined; i++) {
      // A parameter that several layers use in the same way stays one.
      const known = this.params[name];
      const same = known?.role === role && known.shape.join() === shape.join();
      if (same && sameNumbers(this.weights.get(name)?.data, data)) return name;
      name = `${wanted}_${i}`;
    }
    this.params[name] = { shape, role, init: initOf[role] };
    this.weights.set(name, { shape, data });
    return name;
  }

  /** Adds a layer and returns the value it makes. */
  add(node: ReadNode, { output, ...layer }: NewLayer): Value {
    const made = output ?? node.outputs[0] ?? '';
    const [value = { name: made, shape: [] }] = this.addMany(node, layer, [made]);
    return value;
  }

  /** Adds a layer that makes several values, of these names. */
  addMany(
    node: ReadNode,
    { op, inputs, attrs = {}, params = {} }: Omit<NewLayer, 'output'>,
    outputs: readonly string[],
  ): Value[] {
    const layer: Node = {
      name: this.layerName(node, outputs[0] ?? ''),
      op,
      inputs: inputs.map((value) => value.name),
      outputs,
      params,
      attrs,
    };
    const shapes = this.inferred(node, layer, inputs);
    const index = this.layers.push(layer) - 1;
    const trained = Object.values(params).some((name) => this.params[name]?.role === 'weight');
    const learned = trained || inputs.some((value) => this.learned.has(value.name));
    return outputs.map((name, i) => {
      const value = { name, shape: shapes[i] ?? [] };
      if (learned) this.learned.add(name);
      this.madeBy.set(name, index);
      this.values.set(name, value);
      return value;
    });
  }

  /** A name for a value between two layers that stand for one node. */
  helperName(node: ReadNode, what: string): string {
    return this.freeName(`${node.outputs[0] ?? ''}/${what}`);
  }

  /** A name that no value has yet. */
  freeName(wanted: string): string {
    let name = wanted;
    while (this.values.has(name) || this.uses.has(name) || this.isConstant(name)) name += '_';
    return name;
  }

  /**
   * The layer that makes a value, when nothing but one node reads it: then the two may become one. `replace` puts another
   * layer in its place, which makes `output`.
   */
  soleSource(value: Value): { layer: Node; replace: (layer: Node, output: string) => void } | undefined {
    const index = this.madeBy.get(value.name) ?? -1;
    const layer = this.layers[index];
    if (layer?.outputs.length !== 1 || this.uses.get(value.name) !== 1) return undefined;
    return {
      layer,
      replace: (next, output) => {
        this.layers[index] = { ...next, outputs: [output] };
        this.values.delete(value.name);
        this.values.set(output, { name: output, shape: value.shape });
        this.madeBy.delete(value.name);
        this.madeBy.set(output, index);
      },
    };
  }

  private inferred(node: ReadNode, layer: Node, inputs: readonly Value[]): readonly (readonly number[])[] {
    const sofar: Network = { name: '', inputs: [], outputs: [], nodes: this.layers, params: this.params };
    try {
      return opOf(layer).infer(
        layer,
        inputs.map((value) => value.shape),
        sofar,
      );
    } catch (error) {
      if (error instanceof Refusal)
        throw this.fail(node, `does not fit: ${error.message}`, error.problem.remedy);
      throw error;
    }
  }

  private layerName(node: ReadNode, output: string): string {
    const wanted = node.name === '' ? output : node.name;
    let name = wanted;
    let count = this.layerNames.get(wanted) ?? 1;
    while (this.layerNames.has(name)) name = `${wanted}_${++count}`;
    this.layerNames.set(wanted, count);
    this.layerNames.set(name, this.layerNames.get(name) ?? 1);
    return name;
  }
}

function sameNumbers(a: Float32Array | undefined, b: Float32Array): boolean {
  return a?.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
