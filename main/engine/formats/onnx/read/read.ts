import { EspalierError, inputError } from '../../../../contract/errors.ts';
import type { InputInfo, Network, Node, WeightSet } from '../../../network/graph.ts';
import { verifyNetwork, verifyWeights } from '../../../network/verify.ts';
import type { ExternalData } from './constant.ts';
import { decodeModel } from './decode.ts';
import { withFunctionsInlined } from './graph/functions.ts';
import { withoutLabels } from './graph/heads.ts';
import { inOrder, neededFor } from './graph/order.ts';
import { withoutRoundings } from './graph/quantised.ts';
import { recogniseIdioms } from './idioms/index.ts';
import { Importer } from './importer.ts';
import { boundInputs, isWholeType } from './inputs.ts';
import type { ReadModel } from './model.ts';
import { readNodes } from './nodes.ts';

export interface ReadOnnxOptions {
  /** What the user calls the file, for messages. */
  readonly file?: string;
  /** Gives the bytes of files beside the model that hold some of its tensors; without it such models are refused. */
  readonly external?: ExternalData;
  /** How many bytes these files have together. */
  readonly externalBytes?: number;
  /** Shape of the data's samples, where they are known: sizes that the file leaves open are theirs. */
  readonly sampleShape?: readonly number[];
}

export interface OnnxImport {
  readonly network: Network;
  readonly weights: WeightSet;
  /** The file's metadata_props. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The program that wrote the file, and its operators' version. */
  readonly producer: string;
  readonly opset: number;
  /** What a person should know of the reading. */
  readonly notes: readonly string[];
}

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
  const { graph, notes } = prepared(model, file, options.external);
  const ways = boundInputs(graph, options.sampleShape, file);
  let first: unknown;
  for (const { inputs, notes: more } of ways) {
    try {
      return importGraph({ ...graph, inputs }, [...notes, ...more], model.nodes.length, options);
    } catch (error) {
      // Where sizes are open, another order of the axes may fit.
      if (!(error instanceof EspalierError) || error.problem.code === 'onnx/work') throw error;
      first ??= error;
    }
  }
  throw first;
}

/** The graph as one list of nodes in order, in float32, without the file's own functions and without what no answer needs. */
function prepared(
  model: ReadModel,
  file: string | undefined,
  external?: ExternalData,
): { graph: ReadModel; notes: readonly string[] } {
  const { model: whole, notes: roundings } = withoutRoundings(withFunctionsInlined(model, file), external);
  const { outputs, notes } = withoutLabels(whole);
  const needed = neededFor(
    inOrder(whole.nodes, file),
    outputs.map(({ name }) => name),
  );
  return { graph: { ...whole, nodes: needed, outputs }, notes: [...roundings, ...notes] };
}

/** What a model takes and gives. */
export interface Signature {
  /** Each with the shape of one sample. */
  readonly inputs: readonly InputInfo[];
  readonly outputs: readonly string[];
}

/**
 * The ways in which a model may be meant to take the data's samples, the likeliest first, without reading its layers. Labels
 * beside scores are left out, as they are where it is read whole.
 */
export function signaturesOf(
  model: ReadModel,
  { sampleShape, file }: Pick<ReadOnnxOptions, 'sampleShape' | 'file'>,
): readonly Signature[] {
  const { graph } = prepared(model, file);
  const stored = new Set(graph.initializers.map(({ name }) => name));
  return boundInputs(graph, sampleShape, file).map(({ inputs }) => ({
    inputs: inputs
      .filter(({ name }) => !stored.has(name))
      .map(({ name, dims = [] }) => ({ name, shape: dims.slice(1) as number[] })),
    outputs: graph.outputs.map(({ name }) => name),
  }));
}

function importGraph(
  graph: ReadModel,
  notes: readonly string[],
  nodesInFile: number,
  options: ReadOnnxOptions,
): OnnxImport {
  const { file } = options;
  const importer = new Importer(graph, { ...options, nodesInFile });
  const inputs = importer.graphInputs().map(({ name, type, dims = [] }): InputInfo => {
    const shape = dims.slice(1) as number[];
    importer.setValue({ name, shape: [1, ...shape] });
    if (isWholeType(type)) importer.marks.setWhole(name);
    return { name, shape };
  });
  readNodes(importer, graph.nodes);
  const { network: found, notes: left } = assemble(importer, inputs, file);
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
    metadata: graph.metadata,
    producer: graph.producer,
    opset: graph.opset,
    notes: [...notes, ...left],
  };
}

/** The network of what was read. Outputs that cannot be read are left out as long as another one can. */
function assemble(
  importer: Importer,
  inputs: readonly InputInfo[],
  file: string | undefined,
): { network: Network; notes: readonly string[] } {
  const names = importer.model.outputs.map(({ name }) => name);
  const faults = new Map(names.map((name) => [name, faultOf(importer, name, file)] as const));
  const outputs = names.filter((name) => faults.get(name) === undefined);
  if (outputs.length === 0) throw faults.get(names[0] ?? '') ?? noOutput(file);
  const notes = names.flatMap((name) => {
    const fault = faults.get(name);
    return fault === undefined ? [] : [`Left out: output '${name}', because ${fault.problem.message}.`];
  });
  const network = {
    name: importer.model.name,
    inputs,
    outputs,
    ...onlyNeeded(importer, outputs),
  };
  return { network, notes };
}

function noOutput(file: string | undefined): EspalierError {
  return inputError('onnx/output', 'the graph has no output', { file });
}

/** Why an output cannot be read. */
function faultOf(importer: Importer, name: string, file: string | undefined): EspalierError | undefined {
  const failure = importer.marks.failureOf(name);
  if (failure !== undefined) return failure;
  const refuse = (message: string) => inputError('onnx/output', message, { file, field: name });
  if (importer.viewNamed(name) !== undefined) {
    return refuse(`the first axis of output '${name}' is not the batch`);
  }
  return importer.valueNamed(name) === undefined
    ? refuse(`output '${name}' does not depend on the input`)
    : undefined;
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
