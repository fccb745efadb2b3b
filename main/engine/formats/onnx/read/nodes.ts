import { EspalierError } from '../../../../contract/errors.ts';
import { intAttr } from './attributes.ts';
import type { Constant } from './constant.ts';
import { BATCH, integers } from './constant.ts';
import { foldNode } from './fold.ts';
import { madeIn, renamedNode, renamedTensor } from './graph/names.ts';
import { inOrder } from './graph/order.ts';
import type { Importer } from './importer.ts';
import { isFloatType } from './inputs.ts';
import { layerReaders, mlReaders } from './layers/index.ts';
import { readerOnViews } from './layers/on-views.ts';
import { viewOf, viewShape } from './layers/views.ts';
import type { ReadNode } from './model.ts';
import { refusalOf } from './unsupported.ts';
import { WireError } from './wire.ts';

/** Bound on nodes that cannot be read: each makes an error with words of its own. */
const MAX_FAILURES = 1000;

/** Operators that only move values about, so that whole numbers stay whole. */
const MOVING = new Set(
  'Identity Reshape Flatten Squeeze Unsqueeze Transpose Slice Gather Concat Split Tile Expand Pad DepthToSpace SpaceToDepth'.split(
    ' ',
  ),
);

/**
 * Reads nodes in their order. One that cannot be read is noted, and so is all that depends on it: whether that matters is
 * seen when the outputs are asked for.
 */
export function readNodes(importer: Importer, nodes: readonly ReadNode[]): void {
  let failures = 0;
  for (const node of nodes) {
    const cause = node.inputs
      .map((name) => importer.marks.failureOf(name))
      .find((error) => error !== undefined);
    let failure = cause;
    if (failure === undefined) {
      try {
        readNode(importer, node);
        continue;
      } catch (error) {
        const mayGoOn = error instanceof EspalierError && error.problem.code === 'onnx/unsupported';
        if (!mayGoOn || ++failures > MAX_FAILURES) throw error;
        failure = error;
      }
    }
    for (const name of node.outputs) importer.marks.setFailure(name, failure);
  }
}

function readNode(importer: Importer, node: ReadNode): void {
  const { opType } = node;
  const ownSet = node.domain === '' || node.domain === 'ai.onnx';
  const other = node.domain === 'ai.onnx.ml' ? mlReaders.get(opType) : undefined;
  if (other !== undefined) {
    other(importer, node);
    return;
  }
  if (!ownSet) {
    const known = refusalOf(node);
    throw importer.fail(
      node,
      known?.message ?? `is of the operator set '${node.domain}', which is not supported`,
      known?.remedy,
    );
  }
  if (opType === 'If') {
    readBranch(importer, node);
    return;
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
    const known = refusalOf(node);
    throw importer.fail(
      node,
      known?.message ?? 'is of a type that is not supported',
      known?.remedy ?? `Supported are ${[...layerReaders.keys()].sort().join(', ')}.`,
    );
  }
  if (node.inputs.some((name) => importer.marks.isWhole(name)) && !staysExact(importer, node)) return;
  try {
    (readerOnViews(importer, node, read) ?? read)(importer, node);
  } catch (error) {
    // Shapes that no numbers can have show where they are first counted.
    if (!(error instanceof WireError)) throw error;
    throw importer.fail(node, `cannot be read: ${error.message}`);
  }
}

/**
 * Whether a node on whole numbers is to be read as one on floats: one that moves them, or makes floats of them. Others would
 * compute otherwise than they do on integers, and are refused.
 * @returns false when the node was read here
 */
function staysExact(importer: Importer, node: ReadNode): boolean {
  const { opType, outputs, inputs } = node;
  if (opType === 'Cast' && isFloatType(intAttr(node, 'to', 0))) return true;
  if (opType === 'CastLike' && !importer.marks.isWhole(inputs[1] ?? '')) return true;
  if (opType === 'Cast' || opType === 'CastLike') {
    for (const name of outputs) importer.marks.setWhole(name);
    importer.add(node, { op: 'Identity', inputs: [importer.value(node)] });
    return false;
  }
  if (!MOVING.has(opType)) {
    throw importer.fail(
      node,
      'computes with whole numbers, which is not supported',
      'Export the network so that its input becomes float32 first.',
    );
  }
  for (const name of outputs) importer.marks.setWhole(name);
  return true;
}

/** The branch that a known condition takes, read in the place of its node. */
function readBranch(importer: Importer, node: ReadNode): void {
  const condition = importer.constant(node, 0);
  if (condition?.data.length !== 1 || Math.abs(condition.data[0] ?? NaN) >= -BATCH / 2) {
    throw importer.fail(
      node,
      'chooses a branch by what the data hold, which is not supported',
      'Export the network with fixed sizes, so that the choice is made when it is exported.',
    );
  }
  const wanted = condition.data[0] === 0 ? 'else_branch' : 'then_branch';
  const branch = node.attrs.get(wanted);
  if (typeof branch !== 'object' || !('graph' in branch)) throw importer.fail(node, `lacks its ${wanted}`);
  const { graph } = branch;
  const own = madeIn(graph);
  const names = new Map<string, string>();
  const passed: ReadNode[] = [];
  graph.outputs.forEach(({ name }, i) => {
    const output = node.outputs[i] ?? '';
    if (output === '') return;
    const made = graph.nodes.some(({ outputs }) => outputs.includes(name));
    if (made && !names.has(name)) names.set(name, output);
    else passed.push({ ...node, opType: 'Identity', inputs: [name], outputs: [output], attrs: new Map() });
  });
  const rename = (name: string): string => {
    if (!own.has(name)) return name;
    const known = names.get(name) ?? importer.freeName(`${node.outputs[0] ?? ''}/${name}`);
    names.set(name, known);
    return known;
  };
  const nodes = [...graph.nodes, ...passed].map((inner) => ({
    ...renamedNode(inner, rename),
    place: node.place,
  }));
  importer.know(
    graph.initializers.map((tensor) => renamedTensor(tensor, rename)),
    nodes,
  );
  readNodes(importer, inOrder(nodes, undefined));
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
  if (results === undefined && !inputs.some((input, i) => isBatchSize(node, input, i))) {
    const refusal = refusalOf(node);
    throw importer.fail(
      node,
      refusal?.message ?? 'works on constants in a way that is not supported',
      refusal?.remedy,
    );
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

/** Operators that make a value for each sample of constants, and which input says how many. */
const MAKING: Readonly<Record<string, number>> = { Expand: 1, Tile: 1, ConstantOfShape: 0 };

function isBatchSize({ opType }: ReadNode, input: Constant | undefined, index: number): boolean {
  return MAKING[opType] === index && input?.data[0] === BATCH;
}
