import type { Network, WeightSet } from '../../../network/graph.ts';
import { asInFile } from '../../../network/head.ts';
import { shapeOf } from './graph/attributes.ts';
import { functions } from './graph/functions.ts';
import { layers } from './graph/layers.ts';
import { shapes } from './graph/shapes.ts';
import { windows } from './graph/windows.ts';
import { type GraphEmitter, type GraphOp, GraphWriter } from './graph/writer.ts';
import type { WrittenModel } from './layers-model.ts';

/** How each of our layers is written as operations. */
const emitters: ReadonlyMap<string, GraphEmitter> = new Map(
  [functions, layers, shapes, windows].flatMap((family) => Object.entries(family)),
);

/** The version of TensorFlow's graphs that is written, and the oldest one that reads it. */
const versions = { producer: 1087, minConsumer: 12 };

/**
 * The network as a GraphModel: TensorFlow's operations, for use without further training.
 * @throws EspalierError 'export/unsupported' naming the layer that cannot be written
 */
export function writeGraphModel(whole: Network, weights: WeightSet): WrittenModel {
  const network = asInFile(whole);
  const writer = new GraphWriter(network, weights);
  for (const node of network.nodes) {
    writer.begin(node.name);
    const emit = emitters.get(node.op);
    if (emit === undefined) throw writer.refuse(node, 'is a layer that TensorFlow does not know');
    emit(writer, node);
  }
  const described = (name: string) => {
    const { length: rank } = writer.shape(name);
    const [, ...sample] = writer.theirShape(name);
    return {
      name: `${writer.get(name, rank === 4 ? 'last' : 'first')}:0`,
      dtype: 'DT_FLOAT',
      tensorShape: shapeOf([-1, ...sample]),
    };
  };
  const outputs = network.outputs.map((name) => [name, described(name)] as const);
  const inputs = network.inputs.map(({ name }) => [name, described(name)] as const);
  const ops = needed(
    writer.ops,
    outputs.map(([, { name }]) => name.replace(/:0$/, '')),
  );
  const names = new Set(ops.map(({ name }) => name));
  return {
    json: {
      format: 'graph-model',
      modelTopology: { node: ops, library: {}, versions },
      signature: { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) },
    },
    tensors: writer.tensors.filter(({ name }) => names.has(name)),
  };
}

/** Without operations that were only made on the way. Inputs stay, whether they are read or not. */
function needed(ops: readonly GraphOp[], outputs: readonly string[]): GraphOp[] {
  const found = new Set(outputs);
  for (const op of ops.toReversed()) {
    if (found.has(op.name)) for (const name of op.input) found.add(name);
  }
  return ops.filter(({ name, op }) => found.has(name) || op === 'Placeholder');
}
