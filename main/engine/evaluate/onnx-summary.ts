import protobuf from 'protobufjs/minimal.js';
import { inputError } from '../../contract/errors.ts';

/** One stored tensor of an ONNX file. */
export interface OnnxTensorSummary {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Elements that are not zero; null for types and encodings other than plain float32. */
  readonly nonzero: number | null;
}

/** What an ONNX file says of itself, without running it. */
export interface OnnxSummary {
  readonly producer: string;
  /** Version of the standard operators. */
  readonly opset: number | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Operator -> how many nodes of it. */
  readonly ops: Readonly<Record<string, number>>;
  readonly tensors: readonly OnnxTensorSummary[];
}

const FLOAT32 = 1;

type Fields = (field: number, reader: protobuf.Reader, wire: number) => boolean;

/**
 * Reads the parts of an ONNX file that people ask for. Field numbers are those of onnx.proto3; everything else is skipped.
 * @throws EspalierError 'onnx/unreadable' for what is not a whole ONNX model
 */
export function summarizeOnnx(bytes: Uint8Array, file?: string): OnnxSummary {
  const metadata: Record<string, string> = {};
  const ops: Record<string, number> = {};
  const tensors: OnnxTensorSummary[] = [];
  let [producer, version] = ['', ''];
  let opset: number | null = null;
  let graphs = 0;
  try {
    eachField(bytes, (field, reader) => {
      if (field === 2) producer = reader.string();
      else if (field === 3) version = reader.string();
      else if (field === 7) {
        graphs++;
        readGraph(reader.bytes(), ops, tensors);
      } else if (field === 8) opset = readOpset(reader.bytes()) ?? opset;
      else if (field === 14) Object.assign(metadata, readEntry(reader.bytes()));
      else return false;
      return true;
    });
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  if (graphs !== 1) throw unreadable(file, `it holds ${graphs} graphs`);
  return { producer: `${producer} ${version}`.trim(), opset, metadata, ops, tensors };
}

function unreadable(file: string | undefined, why: string): Error {
  return inputError('onnx/unreadable', `This is not a whole ONNX model: ${why}.`, {
    file,
    remedy: 'Check that the file is complete.',
  });
}

/** Visits each field of a message; what the visitor does not read (false) is skipped. */
function eachField(bytes: Uint8Array, visit: Fields): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!visit(tag >>> 3, reader, tag & 7)) reader.skipType(tag & 7);
  }
}

function readGraph(bytes: Uint8Array, ops: Record<string, number>, tensors: OnnxTensorSummary[]): void {
  eachField(bytes, (field, reader) => {
    if (field === 1) {
      const op = readNode(reader.bytes());
      ops[op] = (ops[op] ?? 0) + 1;
    } else if (field === 5) tensors.push(readTensor(reader.bytes()));
    else return false;
    return true;
  });
}

function readNode(bytes: Uint8Array): string {
  let op = '';
  eachField(bytes, (field, reader) => {
    if (field !== 4) return false;
    op = reader.string();
    return true;
  });
  return op;
}

function readOpset(bytes: Uint8Array): number | undefined {
  let domain = '';
  let version: number | undefined;
  eachField(bytes, (field, reader) => {
    if (field === 1) domain = reader.string();
    else if (field === 2) version = Number(reader.int64());
    else return false;
    return true;
  });
  return domain === '' ? version : undefined;
}

function readEntry(bytes: Uint8Array): Record<string, string> {
  let [key, value] = ['', ''];
  eachField(bytes, (field, reader) => {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    else return false;
    return true;
  });
  return { [key]: value };
}

function readTensor(bytes: Uint8Array): OnnxTensorSummary {
  const shape: number[] = [];
  let name = '';
  let type = 0;
  let content: Uint8Array | undefined;
  eachField(bytes, (field, reader, wire) => {
    if (field === 1 && wire === 2) {
      const packed = protobuf.Reader.create(reader.bytes());
      while (packed.pos < packed.len) shape.push(Number(packed.int64()));
    } else if (field === 1) shape.push(Number(reader.int64()));
    else if (field === 2) type = reader.int32();
    else if (field === 8) name = reader.string();
    // raw_data, or packed float_data: both are little-endian floats.
    else if ((field === 9 || field === 4) && wire === 2) content = reader.bytes();
    else return false;
    return true;
  });
  const elements = shape.reduce((size, dim) => size * dim, 1);
  const whole = type === FLOAT32 && content?.byteLength === elements * 4;
  return { name, shape, elements, nonzero: whole && content !== undefined ? nonzero(content) : null };
}

/** Counts float32 values that are neither +0 nor -0. */
function nonzero(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 0; at < bytes.byteLength; at += 4) if ((view.getUint32(at, true) & 0x7fffffff) !== 0) count++;
  return count;
}
