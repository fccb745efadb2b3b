import { EspalierError, inputError } from '../../../../contract/errors.ts';
import type { InputInfo, Network, Node, WeightSet } from '../../../network/graph.ts';
import { verifyNetwork, verifyWeights } from '../../../network/verify.ts';
import type { Constant, ExternalData } from './constant.ts';
import { BATCH, integers } from './constant.ts';
import { decodeModel } from './decode.ts';
import { foldNode } from './fold.ts';
import { intAttr } from './attributes.ts';
import { recogniseIdioms } from './idioms/index.ts';
import { Importer } from './importer.ts';
import { layerReaders } from './layers/index.ts';
import { readerOnViews } from './layers/on-views.ts';
import { viewOf, viewShape } from './layers/views.ts';
import type { ReadModel, ReadNode } from './model.ts';
import { WireError } from './wire.ts';

export interface ReadOnnxOptions {
  /** What the user calls the file, for messages. */
  readonly file?: string;
  /** Gives the bytes of files beside the model that hold some of its tensors; without it such models are refused. */
  readonly external?: ExternalData;
  /** How many bytes these files have together. */
  readonly externalBytes?: number;
}

export interface OnnxImport {
  readonly network: Network;
  readonly weights: WeightSet;
  /** The file's metadata_props. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The program that wrote the file, and its operators' version. */
  readonly producer: string;
  readonly opset: number;
}

/** TensorProto.DataType of the inputs that are read: not stated, float32, float16, float64. */
const FLOAT_TYPES = [0, 1, 10, 11];
/** Before this version, operators had other meanings. */
const OLDEST_OPSET = 6;

/**
 * Reads an .onnx file as a network and its weights. Shape arithmetic and constants are worked out on the way. The batch
 * axis is open in the result, whatever the file says.
 * @throws EspalierError when the file is damaged, or naming the node that is not supported and what is
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxImport {
  return importModel(decodeModel(bytes, options.file), options);
}

/** As `readOnnx`, for a model that is decoded already. */
export function importModel(model: ReadModel, options: ReadOnnxOptions = {}): OnnxImport {
  const { file } = options;
  if (model.opset < OLDEST_OPSET) {
    throw inputError(
      'onnx/opset',
      `the model uses opset ${model.opset}; ${OLDEST_OPSET} is the oldest that is read`,
      {
        file,
        remedy: 'Export the model again with a newer opset, such as 17.',
      },
    );
  }
  const importer = new Importer(model, file, options.external, options.externalBytes ?? 0);
  const inputs = readInputs(importer, file);
  for (const node of model.nodes) readNode(importer, node);
  const found = assemble(importer, inputs, file);
  let recognised: { network: Network; weights: WeightSet };
  try {
    verifyNetwork(found);
    recognised = recogniseIdioms(found, importer.weights);
    verifyNetwork(recognised.network);
    verifyWeights(recognised.network, recognised.weights);
  } catch (error) {
    throw error instanceof EspalierError ? new EspalierError({ ...error.problem, file }) : error;
  }
  return {
    ...recognised,
    metadata: model.metadata,
    producer: model.producer,
    opset: model.opset,
  };
}

function readInputs(importer: Importer, file: string | undefined): InputInfo[] {
  return importer.graphInputs().map(({ name, type, dims }) => {
    const refuse = (message: string, remedy: string) =>
      inputError('onnx/input', `input '${name}' ${message}`, { file, field: name, remedy });
    if (!FLOAT_TYPES.includes(type)) {
      throw refuse('is not of a float type', 'Only networks that take float tensors are supported.');
    }
    const [batch, ...sample] = dims ?? [];
    if (batch === undefined) throw refuse('has no shape', 'Export the model with its input shape.');
    const shape = sample.map((dim) => {
      if (typeof dim === 'number' && dim > 0) return dim;
      throw refuse(
        `has an open size on other axes than the batch: [${(dims ?? []).map((size) => size ?? '?').join(', ')}]`,
        'Export the model with a fixed sample shape.',
      );
    });
    importer.setValue({ name, shape: [1, ...shape] });
    return { name, shape };
  });
}

function readNode(importer: Importer, node: ReadNode): void {
  const { opType } = node;
  if (node.domain !== '' && node.domain !== 'ai.onnx') {
    throw importer.fail(node, `is of the operator set '${node.domain}', which is not supported`);
  }
  const constants = knownResults(importer, node);
  if (constants !== undefined) {
    constants.forEach((constant, i) => {
      importer.spend(node, constant.data.length);
      importer.setConstant(node.outputs[i] ?? '', constant);
    });
    if (opType === 'Transpose' && constants[0]?.shape.length === 2) {
      importer.setTurned(node.outputs[0] ?? '', node.inputs[0] ?? '');
    }
    return;
  }
  const read = layerReaders.get(opType);
  if (read === undefined) {
    throw importer.fail(
      node,
      'is of a type that is not supported',
      `Supported are ${[...layerReaders.keys()].sort().join(', ')}.`,
    );
  }
  (readerOnViews(importer, node, read) ?? read)(importer, node);
}

/** The results of a node that can be worked out now: a constant, a shape, or arithmetic on these. */
function knownResults(importer: Importer, node: ReadNode): readonly Constant[] | undefined {
  if (node.opType === 'Constant') return [storedConstant(importer, node)];
  if (node.opType === 'Shape') return [shapeOf(importer, node)];
  const given = node.inputs.filter((name) => name !== '');
  if (given.length === 0 || !given.every((name) => importer.isConstant(name))) return undefined;
  const inputs = node.inputs.map((_, i) => importer.constant(node, i));
  let results: readonly Constant[] | undefined;
  try {
    results = foldNode(node, inputs);
  } catch (error) {
    if (!(error instanceof WireError || error instanceof EspalierError)) throw error;
    throw importer.fail(node, `cannot be worked out: ${error.message}`);
  }
  if (results === undefined && !(node.opType === 'Expand' && inputs[1]?.data[0] === BATCH)) {
    throw importer.fail(node, 'works on constants in a way that is not supported');
  }
  return results;
}

function storedConstant(importer: Importer, node: ReadNode): Constant {
  for (const [name, value] of node.attrs) {
    if (name === 'value_int' && typeof value === 'number') return integers([value], []);
    if (name === 'value_ints' && Array.isArray(value)) return integers(value as number[]);
    if (typeof value !== 'object') continue;
    if (name === 'value' && 'tensor' in value) return importer.decoded(value.tensor);
    if (name === 'value_float' && 'float' in value)
      return { kind: 'float', shape: [], data: Float32Array.of(value.float) };
    if (name === 'value_floats' && 'floats' in value) {
      return { kind: 'float', shape: [value.floats.length], data: Float32Array.from(value.floats) };
    }
  }
  throw importer.fail(node, 'holds no numbers');
}

function shapeOf(importer: Importer, node: ReadNode): Constant {
  const known = importer.constant(node, 0);
  const shape = known?.shape ?? viewShape(viewOf(importer, node));
  return integers(shape.slice(intAttr(node, 'start', 0), intAttr(node, 'end', shape.length)));
}

function assemble(importer: Importer, inputs: readonly InputInfo[], file: string | undefined): Network {
  const outputs = importer.model.outputs.map(({ name }) => {
    if (importer.viewNamed(name) !== undefined) {
      throw inputError('onnx/output', `the first axis of output '${name}' is not the batch`, {
        file,
        field: name,
      });
    }
    if (importer.valueNamed(name) === undefined) {
      throw inputError('onnx/output', `output '${name}' does not depend on the input`, { file, field: name });
    }
    return name;
  });
  const last = importer.layers.find((layer) => layer.outputs.includes(outputs.at(-1) ?? ''));
  // By our convention the logits come last: what a final softmax reads.
  if (last?.op === 'Softmax' || last?.op === 'LogSoftmax') outputs.push(...last.inputs);
  return {
    name: importer.model.name,
    inputs,
    outputs,
    ...onlyNeeded(importer, outputs),
  };
}

/** Layers that no output depends on are left out, and so are their parameters. */
function onlyNeeded(importer: Importer, outputs: readonly string[]): Pick<Network, 'nodes' | 'params'> {
  const needed = new Set(outputs);
  const nodes: Node[] = [];
  for (const layer of importer.layers.toReversed()) {
    if (!layer.outputs.some((name) => needed.has(name))) continue;
    nodes.push(layer);
    for (const name of layer.inputs) needed.add(name);
  }
  const used = new Set(nodes.flatMap((node) => Object.values(node.params)));
  for (const name of Object.keys(importer.params)) {
    if (used.has(name)) continue;
    delete importer.params[name];
    importer.weights.delete(name);
  }
  return { nodes: nodes.reverse(), params: importer.params };
}
