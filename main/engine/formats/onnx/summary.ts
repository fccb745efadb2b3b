import { inputError } from '../../../contract/errors.ts';
import type { TensorSummary } from '../encodings.ts';
import { denseTensor, eachField, sparseTensor } from './tensor-summary.ts';

/** What an ONNX file says of itself, without running it. */
export interface OnnxSummary {
  readonly producer: string;
  /** Version of the standard operators. */
  readonly opset: number | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Operator -> how many nodes of it. */
  readonly ops: Readonly<Record<string, number>>;
  readonly tensors: readonly TensorSummary[];
  /** Names of the tensors that are weights of layers, without biases and normalisation. */
  readonly weights: readonly string[];
}

/**
 * Reads the parts of an ONNX file that people ask for. Field numbers are those of onnx.proto3; everything else is skipped.
 * @throws EspalierError 'onnx/unreadable' for what is not a whole ONNX model
 */
export function summarizeOnnx(bytes: Uint8Array, file?: string): OnnxSummary {
  const metadata: Record<string, string> = {};
  const ops: Record<string, number> = {};
  const tensors: TensorSummary[] = [];
  let [producer, version] = ['', ''];
  let opset: number | null = null;
  let graphs = 0;
  let weights: string[] = [];
  try {
    eachField(bytes, (field, reader) => {
      if (field === 2) producer = reader.string();
      else if (field === 3) version = reader.string();
      else if (field === 7) {
        graphs++;
        weights = readGraph(reader.bytes(), ops, tensors);
      } else if (field === 8) opset = readOpset(reader.bytes()) ?? opset;
      else if (field === 14) Object.assign(metadata, readEntry(reader.bytes()));
      else return false;
      return true;
    });
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  if (graphs !== 1) throw unreadable(file, `it holds ${graphs} graphs`);
  return { producer: `${producer} ${version}`.trim(), opset, metadata, ops, tensors, weights };
}

function unreadable(file: string | undefined, why: string): Error {
  return inputError('onnx/unreadable', `This is not a whole ONNX model: ${why}.`, {
    file,
    remedy: 'Check that the file is complete.',
  });
}

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Operators whose second input is weights, and those that only write weights differently. */
const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);
const PASSING = new Set(['DequantizeLinear', 'Transpose', 'Cast']);

/** @returns the names of the tensors that are weights of layers */
function readGraph(bytes: Uint8Array, ops: Record<string, number>, tensors: TensorSummary[]): string[] {
  const nodes: Node[] = [];
  eachField(bytes, (field, reader) => {
    if (field === 1) {
      const node = readNode(reader.bytes());
      ops[node.op] = (ops[node.op] ?? 0) + 1;
      nodes.push(node);
    } else if (field === 5) tensors.push(denseTensor(reader.bytes()));
    else if (field === 15) tensors.push(sparseTensor(reader.bytes()));
    else return false;
    return true;
  });
  const stored = new Set(tensors.map(({ name }) => name));
  return weightNames(nodes).filter((name) => stored.has(name));
}

function readNode(bytes: Uint8Array): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let op = '';
  eachField(bytes, (field, reader) => {
    if (field === 1) inputs.push(reader.string());
    else if (field === 2) outputs.push(reader.string());
    else if (field === 4) op = reader.string();
    else return false;
    return true;
  });
  return { op, inputs, outputs };
}

/** Names of the tensors that layers multiply with, also where another type or order is made of them on the way. */
function weightNames(nodes: readonly Node[]): string[] {
  const madeFrom = new Map<string, string>();
  for (const { op, inputs, outputs } of nodes) {
    if (PASSING.has(op)) madeFrom.set(outputs[0] ?? '', inputs[0] ?? '');
  }
  const names = nodes.flatMap(({ op, inputs }) => (WEIGHTED.has(op) ? [inputs[1] ?? ''] : []));
  // Two steps at most: back from eight bits, and with axes exchanged.
  const source = (name: string) => madeFrom.get(name) ?? name;
  return [...new Set(names.map((name) => source(source(name))))];
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
