import protobuf from 'protobufjs/minimal.js';
import { BYTES, FIXED32, message, tag, text, VARINT, type Writer } from './wire.ts';

/**
 * The part of ONNX's protobuf messages that Espalier writes, as plain objects, and their encoding. Field numbers are those
 * of onnx.proto3 (ONNX 1.12 and later). The onnxruntime backend and the ONNX export both build their models from these.
 */

/** TensorProto.DataType numbers. */
export const OnnxType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;
export type OnnxTypeNumber = (typeof OnnxType)[keyof typeof OnnxType];

/** A plain number is an INT, `{float}` a FLOAT, a list INTS, `{floats}` FLOATS, `{tensor}` a TENSOR. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: OnnxTensor };

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: OnnxTypeNumber;
  /** Little-endian values, row-major. */
  readonly raw: Uint8Array;
}

/** A tensor of which only some elements are stored: the others are zero. Its name is that of the values. */
export interface OnnxSparseTensor {
  readonly dims: readonly number[];
  readonly values: OnnxTensor;
  /** Positions in the flat tensor, int64, going up. */
  readonly indices: OnnxTensor;
}

export interface OnnxNode {
  readonly name?: string;
  readonly opType: string;
  /** Empty for ai.onnx. */
  readonly domain?: string;
  /** '' stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxTypeNumber;
  /** A text is a symbolic dimension, such as 'batch'. */
  readonly dims: readonly (number | string)[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly producer: { readonly name: string; readonly version: string };
  readonly graph: {
    readonly name: string;
    readonly nodes: readonly OnnxNode[];
    readonly initializers: readonly OnnxTensor[];
    readonly sparseInitializers?: readonly OnnxSparseTensor[];
    readonly inputs: readonly OnnxValue[];
    readonly outputs: readonly OnnxValue[];
  };
  readonly metadata?: Readonly<Record<string, string>>;
}

const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

/** The bytes of an .onnx file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const w = protobuf.Writer.create();
  tag(w, 1, VARINT).int64(model.irVersion);
  text(w, 2, model.producer.name);
  text(w, 3, model.producer.version);
  message(w, 7, () => encodeGraph(w, model.graph));
  for (const opset of model.opsets) {
    message(w, 8, () => {
      text(w, 1, opset.domain);
      tag(w, 2, VARINT).int64(opset.version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    message(w, 14, () => {
      text(w, 1, key);
      text(w, 2, value);
    });
  }
  return w.finish();
}

function encodeGraph(w: Writer, graph: OnnxModel['graph']): void {
  for (const node of graph.nodes) message(w, 1, () => encodeNode(w, node));
  text(w, 2, graph.name);
  for (const tensor of graph.initializers) message(w, 5, () => encodeTensor(w, tensor));
  for (const { dims, values, indices } of graph.sparseInitializers ?? []) {
    message(w, 15, () => {
      message(w, 1, () => encodeTensor(w, values));
      message(w, 2, () => encodeTensor(w, indices));
      for (const dim of dims) tag(w, 3, VARINT).int64(dim);
    });
  }
  for (const value of graph.inputs) message(w, 11, () => encodeValue(w, value));
  for (const value of graph.outputs) message(w, 12, () => encodeValue(w, value));
}

function encodeNode(w: Writer, node: OnnxNode): void {
  for (const name of node.inputs) text(w, 1, name);
  for (const name of node.outputs) text(w, 2, name);
  if (node.name !== undefined) text(w, 3, node.name);
  text(w, 4, node.opType);
  for (const [name, value] of Object.entries(node.attrs)) {
    message(w, 5, () => {
      text(w, 1, name);
      encodeAttribute(w, value);
    });
  }
  if (node.domain !== undefined && node.domain !== '') text(w, 7, node.domain);
}

function encodeAttribute(w: Writer, value: OnnxAttribute): void {
  let type: number;
  if (typeof value === 'number') {
    tag(w, 3, VARINT).int64(value);
    type = ATTRIBUTE_TYPE.int;
  } else if (typeof value === 'string') {
    text(w, 4, value);
    type = ATTRIBUTE_TYPE.string;
  } else if ('float' in value) {
    tag(w, 2, FIXED32).float(value.float);
    type = ATTRIBUTE_TYPE.float;
  } else if ('floats' in value) {
    for (const item of value.floats) tag(w, 7, FIXED32).float(item);
    type = ATTRIBUTE_TYPE.floats;
  } else if ('tensor' in value) {
    message(w, 5, () => encodeTensor(w, value.tensor));
    type = ATTRIBUTE_TYPE.tensor;
  } else {
    for (const item of value) tag(w, 8, VARINT).int64(item);
    type = ATTRIBUTE_TYPE.ints;
  }
  tag(w, 20, VARINT).int32(type);
}

function encodeTensor(w: Writer, tensor: OnnxTensor): void {
  for (const dim of tensor.dims) tag(w, 1, VARINT).int64(dim);
  tag(w, 2, VARINT).int32(tensor.type);
  if (tensor.name !== '') text(w, 8, tensor.name);
  tag(w, 9, BYTES).bytes(tensor.raw);
}

function encodeValue(w: Writer, value: OnnxValue): void {
  text(w, 1, value.name);
  message(w, 2, () =>
    message(w, 1, () => {
      tag(w, 1, VARINT).int32(value.type);
      message(w, 2, () => {
        for (const dim of value.dims) {
          message(w, 1, () => {
            if (typeof dim === 'number') tag(w, 1, VARINT).int64(dim);
            else text(w, 2, dim);
          });
        }
      });
    }),
  );
}
