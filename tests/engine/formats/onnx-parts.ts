import protobuf from 'protobufjs/minimal.js';
import { model } from './onnx-models.ts';

/** A field that holds a message, bytes or a text. */
function field(number: number, content: Uint8Array | string): Uint8Array {
  const w = protobuf.Writer.create().uint32(((number << 3) | 2) >>> 0);
  return (typeof content === 'string' ? w.string(content) : w.bytes(content)).finish();
}

/** A field that holds a number. */
const numberField = (number: number, value: number): Uint8Array =>
  protobuf.Writer.create()
    .uint32(number << 3)
    .int64(value)
    .finish();

/** The contents of a message's fields of this number. */
function fieldsIn(bytes: Uint8Array, number: number): Uint8Array[] {
  const reader = protobuf.Reader.create(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === number) found.push(Uint8Array.from(reader.bytes()));
    else reader.skipType(tag & 7);
  }
  return found;
}

type Nodes = Parameters<typeof model>[0];
type Options = NonNullable<Parameters<typeof model>[1]>;

/** The graph of a file as `model` writes it, as a branch has it: with no inputs of its own. */
function branch(nodes: Nodes, options: Options = {}): Uint8Array {
  const [graph = new Uint8Array()] = fieldsIn(model(nodes, options), 7);
  const kept = [1, 2, 5, 12].flatMap((number) => fieldsIn(graph, number).map((body) => field(number, body)));
  return Buffer.concat(kept);
}

/** A node with graphs as attributes. */
export function nodeWithGraphs(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  graphs: Readonly<Record<string, [Nodes, Options?]>>,
): Uint8Array {
  return Buffer.concat([
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(3, `${op}-node`),
    field(4, op),
    ...Object.entries(graphs).map(([name, [nodes, options]]) =>
      field(5, Buffer.concat([field(1, name), field(6, branch(nodes, options)), numberField(20, 5)])),
    ),
  ]);
}

/** A node of a function that takes an attribute from its call. */
export function referring(
  op: string,
  inputs: readonly string[],
  output: string,
  attr: string,
  type: number,
): Uint8Array {
  const ref = Buffer.concat([field(1, attr), numberField(20, type), field(21, attr)]);
  return Buffer.concat([
    ...inputs.map((name) => field(1, name)),
    field(2, output),
    field(4, op),
    field(5, ref),
  ]);
}

export interface LocalFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes?: Nodes;
  readonly raw?: readonly Uint8Array[];
  readonly attributes?: readonly string[];
}

/** The domain of the functions that `withFunctions` adds. */
const DOMAIN = 'my';

/** A file as `model` writes it, in which nodes of functions' names are calls of these. */
export function withFunctions(
  nodes: Nodes,
  functions: readonly LocalFunction[],
  options: Options = {},
): Uint8Array {
  const names = new Set(functions.map(({ name }) => name));
  const called = (node: Uint8Array) => {
    const op = new TextDecoder().decode(fieldsIn(node, 4)[0]);
    return names.has(op) ? Buffer.concat([node, field(7, DOMAIN)]) : node;
  };
  const version = (domain: string, number: number) =>
    Buffer.concat([field(1, domain), numberField(2, number)]);
  const bodies = functions.map(({ name, inputs, outputs, nodes: own = [], raw = [], attributes = [] }) => {
    const [graph = new Uint8Array()] = fieldsIn(model(own), 7);
    return Buffer.concat([
      field(1, name),
      ...inputs.map((text) => field(4, text)),
      ...outputs.map((text) => field(5, text)),
      ...attributes.map((text) => field(6, text)),
      ...[...fieldsIn(graph, 1), ...raw].map((node) => field(7, called(node))),
      field(9, version('', options.opset ?? 17)),
      field(9, version(DOMAIN, 1)),
      field(10, DOMAIN),
    ]);
  });
  const file = changedNodes(model(nodes, options), (all) => all.map(called));
  return Buffer.concat([file, field(8, version(DOMAIN, 1)), ...bodies.map((body) => field(25, body))]);
}

/** A file with its nodes changed, put in another order or added to. */
export function changedNodes(file: Uint8Array, change: (nodes: Uint8Array[]) => Uint8Array[]): Uint8Array {
  const [graph = new Uint8Array()] = fieldsIn(file, 7);
  const others = [2, 5, 11, 12].flatMap((number) =>
    fieldsIn(graph, number).map((body) => field(number, body)),
  );
  const nodes = change(fieldsIn(graph, 1)).map((node) => field(1, node));
  const opsets = [8, 25].flatMap((number) => fieldsIn(file, number).map((body) => field(number, body)));
  return Buffer.concat([numberField(1, 8), field(7, Buffer.concat([...nodes, ...others])), ...opsets]);
}

/** An If whose branch is the graph of a file. */
export function nested(file: Uint8Array): Uint8Array {
  const [graph = new Uint8Array()] = fieldsIn(file, 7);
  return Buffer.concat([
    field(2, 'y'),
    field(4, 'If'),
    field(5, Buffer.concat([field(1, 'then_branch'), field(6, graph), numberField(20, 5)])),
  ]);
}

/** A file whose nodes of these operators are of the set ai.onnx.ml. */
export function withMl(file: Uint8Array, ops: readonly string[]): Uint8Array {
  const named = (node: Uint8Array) => ops.includes(new TextDecoder().decode(fieldsIn(node, 4)[0]));
  const changed = changedNodes(file, (nodes) =>
    nodes.map((node) => (named(node) ? Buffer.concat([node, field(7, 'ai.onnx.ml')]) : node)),
  );
  return Buffer.concat([changed, field(8, Buffer.concat([field(1, 'ai.onnx.ml'), numberField(2, 3)]))]);
}
