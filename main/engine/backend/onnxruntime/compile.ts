import {
  encodeModel,
  type OnnxNode,
  type OnnxTensor,
  OnnxType,
  type OnnxTypeNumber,
  type OnnxValue,
} from '../../protobuf/onnx.ts';
import type { HostArray, Value, ValueType } from './graph.ts';
import { type Lowered, nodeName } from './lowered.ts';
import { STOP } from './session.ts';

/**
 * Compiling: what has been recorded becomes an ONNX model. The lowered graph names values by position, so that the same
 * computation recorded again gives the same key, whatever its numbers are.
 */

const ONNX_TYPES: Record<ValueType, OnnxTypeNumber> = {
  float32: OnnxType.float32,
  int32: OnnxType.int32,
  bool: OnnxType.bool,
  int64: OnnxType.int64,
};

/**
 * The names of a lowered graph's values, by position: f0.. are fed, c0.. constants, v0.. computed, y0.. are outputs.
 * A computed value is its own output; one that is fed, constant or asked for twice needs a copy under the output's name.
 */
export class Names {
  private readonly names = new Map<Value, string>();
  readonly feeds: readonly string[];
  readonly outputs: readonly string[];

  constructor({ nodes, feeds, constants, outputs }: Lowered) {
    this.feeds = feeds.map((value, i) => this.give(value, `f${i}`));
    constants.forEach((value, i) => this.give(value, `c${i}`));
    this.outputs = outputs.map((_, i) => `y${i}`);
    outputs.forEach((value, i) => this.give(value, `y${i}`));
    let computed = 0;
    for (const node of nodes) for (const value of node.outputs) this.give(value, `v${computed++}`);
  }

  private give(value: Value, name: string): string {
    if (!this.names.has(value)) this.names.set(value, name);
    return name;
  }

  of(value: Value | undefined): string {
    return value === undefined ? '' : (this.names.get(value) ?? '');
  }
}

/** A text that is equal for equal computations: everything but the fed numbers. */
export function keyOf(graph: Lowered, names: Names): string {
  const parts: string[] = [];
  for (const feed of graph.feeds) parts.push(`${feed.type}[${feed.shape.join()}]`);
  for (const constant of graph.constants) {
    parts.push(`${constant.type}[${constant.shape.join()}]=${constant.data?.join() ?? ''}`);
  }
  for (const { op, domain, inputs, attrs, outputs } of graph.nodes) {
    parts.push(
      `${domain}.${op}(${inputs.map((input) => names.of(input)).join()})${JSON.stringify(attrs)}${outputs.map((o) => names.of(o)).join()}`,
    );
  }
  parts.push(graph.outputs.map((output) => names.of(output)).join());
  return parts.join(';');
}

/**
 * The bytes of the ONNX model. Trailing outputs that nobody reads are left out, so that kernels need not make them.
 * @param stop whether its first output is `STOP`
 */
export function encode(graph: Lowered, names: Names, stop = true): Uint8Array {
  const read = new Set<Value | undefined>([...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs]);
  const nodes: OnnxNode[] = graph.nodes.map(({ op, domain, inputs, attrs, outputs }, i) => ({
    name: nodeName(i),
    opType: op,
    domain,
    attrs,
    inputs: inputs.map((input) => names.of(input)),
    outputs: outputs.slice(0, lastRead(outputs, read) + 1).map((output) => names.of(output)),
  }));
  graph.outputs.forEach((output, i) => {
    if (names.of(output) === `y${i}`) return;
    nodes.push({ opType: 'Identity', inputs: [names.of(output)], outputs: [`y${i}`], attrs: {} });
  });
  if (stop) nodes.push({ opType: 'Cast', inputs: ['zero'], outputs: [STOP.name], attrs: { to: STOP.type } });
  return encodeModel({
    irVersion: 8,
    opsets: [
      { domain: '', version: 17 },
      { domain: 'com.microsoft', version: 1 },
      { domain: 'com.microsoft.nchwc', version: 1 },
    ],
    producer: { name: 'espalier', version: '1' },
    graph: {
      name: 'recorded',
      nodes,
      initializers: [
        ...(stop ? [{ name: 'zero', dims: [], type: OnnxType.float32, raw: new Uint8Array(4) }] : []),
        ...graph.constants.map((value) => tensor(value, names.of(value))),
      ],
      inputs: graph.feeds.map((value, i) => described(value, names.feeds[i] ?? '')),
      outputs: [
        ...(stop ? [{ name: STOP.name, type: STOP.type, dims: [] }] : []),
        ...graph.outputs.map((value, i) => described(value, names.outputs[i] ?? '')),
      ],
    },
  });
}

/** Index of the last output that somebody reads; the first is always made. */
function lastRead(outputs: readonly Value[], read: ReadonlySet<Value | undefined>): number {
  return Math.max(
    0,
    outputs.findLastIndex((output) => read.has(output)),
  );
}

function described(value: Value, name: string): OnnxValue {
  return { name, type: ONNX_TYPES[value.type], dims: value.shape };
}

function tensor(value: Value, name: string): OnnxTensor {
  return { name, dims: value.shape, type: ONNX_TYPES[value.type], raw: bytes(value.data) };
}

function bytes(data: HostArray | undefined): Uint8Array {
  if (data === undefined) throw new Error('a constant without numbers');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
