import { inputError } from '../../../../contract/errors.ts';
import type {
  ReadAttribute,
  ReadFunction,
  ReadGraph,
  ReadModel,
  ReadNode,
  ReadTensor,
  ReadValue,
  TensorSource,
} from './model.ts';
import { Wire, WireError } from './wire.ts';

/** AttributeProto.AttributeType numbers. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7 } as const;
/** TensorProto.DataLocation.EXTERNAL. */
const EXTERNAL = 1;
/** Bound on graphs within graphs. */
const MAX_DEPTH = 32;

/**
 * Decodes the messages of an .onnx file. Tensors are views of `bytes`.
 * @param file what the user calls it, for messages
 * @throws EspalierError when the bytes are no ONNX model: cut off, damaged, or something else
 */
export function decodeModel(bytes: Uint8Array, file?: string): ReadModel {
  try {
    return new Decoder(bytes).model();
  } catch (error) {
    // protobufjs throws plain errors and range errors for damaged bytes.
    if (!(error instanceof WireError || error instanceof RangeError || isPlainError(error))) throw error;
    throw inputError('onnx/damaged', `this is no complete ONNX model: ${error.message}`, {
      file,
      remedy: 'Check that the file is an ONNX model and was copied completely.',
    });
  }
}

function isPlainError(error: unknown): error is Error {
  return error instanceof Error && error.constructor === Error;
}

class Decoder {
  private readonly wire: Wire;
  private readonly size: number;
  private depth = 0;

  constructor(bytes: Uint8Array) {
    this.wire = new Wire(bytes);
    this.size = bytes.length;
  }

  model(): ReadModel {
    const { wire } = this;
    let irVersion = 0;
    let producer = '';
    let opset = 0;
    const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
    let graph: ReadGraph | undefined;
    const functions: ReadFunction[] = [];
    let graphs = 0;
    wire.file({
      1: (w) => (irVersion = wire.integer(w)),
      2: (w) => (producer = wire.text(w)),
      7: (w) => {
        graphs++;
        graph = this.graph(w);
      },
      8: (w) => (opset = this.standardOpset(w) ?? opset),
      14: (w) => {
        const [key, value] = this.entry(w);
        metadata[key] = value;
      },
      25: (w) => functions.push(this.localFunction(w)),
    });
    if (graphs !== 1 || graph === undefined) {
      throw new WireError(`it holds ${graphs} graphs instead of one`);
    }
    return { bytes: this.size, irVersion, opset, producer, metadata, functions, ...graph };
  }

  private graph(w: number): ReadGraph {
    const { wire } = this;
    if (++this.depth > MAX_DEPTH) throw new WireError(`it has more than ${MAX_DEPTH} graphs within graphs`);
    const nodes: ReadNode[] = [];
    const initializers: ReadTensor[] = [];
    const inputs: ReadValue[] = [];
    const outputs: ReadValue[] = [];
    let name = '';
    wire.message(w, {
      1: (v) => nodes.push(this.node(v, nodes.length)),
      2: (v) => (name = wire.text(v)),
      5: (v) => initializers.push(this.tensor(v)),
      11: (v) => inputs.push(this.value(v)),
      12: (v) => outputs.push(this.value(v)),
      15: (v) => initializers.push(this.sparseTensor(v)),
    });
    this.depth--;
    return { name, nodes, initializers, inputs, outputs };
  }

  /** FunctionProto. */
  private localFunction(w: number): ReadFunction {
    const { wire } = this;
    const texts = { name: '', domain: '', overload: '' };
    const inputs: string[] = [];
    const outputs: string[] = [];
    const nodes: ReadNode[] = [];
    const defaults = new Map<string, ReadAttribute>();
    let opset = 0;
    wire.message(w, {
      1: (v) => (texts.name = wire.text(v)),
      4: (v) => inputs.push(wire.text(v)),
      5: (v) => outputs.push(wire.text(v)),
      7: (v) => nodes.push(this.node(v, nodes.length)),
      9: (v) => (opset = this.standardOpset(v) ?? opset),
      10: (v) => (texts.domain = wire.text(v)),
      11: (v) => defaults.set(...this.attribute(v)),
      13: (v) => (texts.overload = wire.text(v)),
    });
    return { ...texts, inputs, outputs, defaults, nodes, opset };
  }

  /** OperatorSetIdProto: the version of the standard operators, undefined for other ones. */
  private standardOpset(w: number): number | undefined {
    const { wire } = this;
    let domain = '';
    let version = 0;
    wire.message(w, { 1: (v) => (domain = wire.text(v)), 2: (v) => (version = wire.integer(v)) });
    return domain === '' || domain === 'ai.onnx' ? version : undefined;
  }

  /** StringStringEntryProto. */
  private entry(w: number): [key: string, value: string] {
    const { wire } = this;
    let key = '';
    let value = '';
    wire.message(w, { 1: (v) => (key = wire.text(v)), 2: (v) => (value = wire.text(v)) });
    return [key, value];
  }

  private node(w: number, place: number): ReadNode {
    const { wire } = this;
    const texts = { name: '', opType: '', domain: '', overload: '' };
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attrs = new Map<string, ReadAttribute>();
    wire.message(w, {
      1: (v) => inputs.push(wire.text(v)),
      2: (v) => outputs.push(wire.text(v)),
      3: (v) => (texts.name = wire.text(v)),
      4: (v) => (texts.opType = wire.text(v)),
      5: (v) => attrs.set(...this.attribute(v)),
      7: (v) => (texts.domain = wire.text(v)),
      8: (v) => (texts.overload = wire.text(v)),
    });
    return { place, ...texts, inputs, outputs, attrs };
  }

  private attribute(w: number): [name: string, value: ReadAttribute] {
    const { wire } = this;
    let name = '';
    let type = 0;
    let float = 0;
    let int = 0;
    let text = '';
    let ref = '';
    let tensor: ReadTensor | undefined;
    let graph: ReadGraph | undefined;
    const floats: number[] = [];
    const ints: number[] = [];
    // The kind is not stated in files before IR version 2; then the field that is there says it.
    let seen = 0;
    wire.message(w, {
      1: (v) => (name = wire.text(v)),
      2: (v) => ((float = wire.float(v)), (seen = ATTRIBUTE.float)),
      3: (v) => ((int = wire.integer(v)), (seen = ATTRIBUTE.int)),
      4: (v) => ((text = wire.text(v)), (seen = ATTRIBUTE.string)),
      5: (v) => ((tensor = this.tensor(v)), (seen = ATTRIBUTE.tensor)),
      6: (v) => ((graph = this.graph(v)), (seen = ATTRIBUTE.graph)),
      7: (v) => (wire.floats(v, floats), (seen = ATTRIBUTE.floats)),
      8: (v) => (wire.integers(v, ints), (seen = ATTRIBUTE.ints)),
      20: (v) => (type = wire.integer(v)),
      21: (v) => (ref = wire.text(v)),
    });
    if (ref !== '') return [name, { ref }];
    switch (type || seen) {
      case ATTRIBUTE.float:
        return [name, { float }];
      case ATTRIBUTE.int:
        return [name, int];
      case ATTRIBUTE.string:
        return [name, text];
      case ATTRIBUTE.tensor:
        if (tensor === undefined) throw new WireError(`attribute '${name}' lacks its tensor`);
        return [name, { tensor }];
      case ATTRIBUTE.graph:
        if (graph === undefined) throw new WireError(`attribute '${name}' lacks its graph`);
        return [name, { graph }];
      case ATTRIBUTE.floats:
        return [name, { floats }];
      case ATTRIBUTE.ints:
        return [name, ints];
      default:
        return [name, { other: `attribute type ${type}` }];
    }
  }

  private tensor(w: number): ReadTensor {
    const { wire } = this;
    const dims: number[] = [];
    let name = '';
    let type = 0;
    let source: TensorSource = { kind: 'none' };
    let external = false;
    const place = new Map<string, string>();
    const give = (found: TensorSource): void => {
      if (source.kind !== 'none') throw new WireError(`tensor '${name}' has its numbers in several fields`);
      source = found;
    };
    const varints = (v: number) => give({ kind: 'varints', bytes: wire.bytes(v) });
    const raw = (v: number) => give({ kind: 'raw', bytes: wire.bytes(v) });
    wire.message(w, {
      1: (v) => wire.integers(v, dims),
      2: (v) => (type = wire.integer(v)),
      // A packed list of floats or doubles has the same bytes as raw data.
      4: raw,
      5: varints,
      7: varints,
      8: (v) => (name = wire.text(v)),
      9: raw,
      10: raw,
      11: varints,
      13: (v) => place.set(...this.entry(v)),
      14: (v) => (external = wire.integer(v) === EXTERNAL),
    });
    if (external) source = externalSource(name, place);
    return { name, dims, type, source };
  }

  /** SparseTensorProto; its name is that of its values. */
  private sparseTensor(w: number): ReadTensor {
    const { wire } = this;
    const dims: number[] = [];
    let values: ReadTensor | undefined;
    let indices: ReadTensor | undefined;
    wire.message(w, {
      1: (v) => (values = this.tensor(v)),
      2: (v) => (indices = this.tensor(v)),
      3: (v) => wire.integers(v, dims),
    });
    if (values === undefined || indices === undefined) throw new WireError('a sparse tensor lacks its parts');
    const { name, type } = values;
    return { name, dims, type, source: { kind: 'sparse', values, indices } };
  }

  private value(w: number): ReadValue {
    const { wire } = this;
    let name = '';
    let type = 0;
    let dims: (number | string | null)[] | undefined;
    const dimension = (v: number): number | string | null => {
      let size: number | string | null = null;
      wire.message(v, { 1: (u) => (size = wire.integer(u)), 2: (u) => (size = wire.text(u)) });
      return size;
    };
    const shape = (v: number) => {
      const found: (number | string | null)[] = [];
      wire.message(v, { 1: (u) => found.push(dimension(u)) });
      dims = found;
    };
    const tensorType = (v: number) =>
      wire.message(v, { 1: (u) => (type = wire.integer(u)), 2: (u) => shape(u) });
    wire.message(w, {
      1: (v) => (name = wire.text(v)),
      2: (v) => wire.message(v, { 1: tensorType }),
    });
    return { name, type, dims };
  }
}

function externalSource(name: string, place: ReadonlyMap<string, string>): TensorSource {
  const number = (key: string): number | undefined => {
    const text = place.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new WireError(`tensor '${name}' has ${key} '${text}'`);
    return value;
  };
  const location = place.get('location');
  if (location === undefined) throw new WireError(`tensor '${name}' does not say in which file it lies`);
  return { kind: 'external', location, offset: number('offset') ?? 0, length: number('length') };
}
