import { inputError } from '../../../contract/errors.ts';
import { OnnxType } from '../../protobuf/onnx.ts';
import type { TensorSummary } from '../encodings.ts';
import { littleEndianValues } from '../little-endian.ts';
import type { Stored } from './tensor-summary.ts';
import { denseTensor, eachField, sparseTensor, stored } from './tensor-summary.ts';
import { isQuantized, wholeWeights, zeroPoints } from './whole-numbers.ts';

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
  /** Whether it computes in eight bits, or may where a runtime has kernels for that. */
  readonly eightBits: boolean;
  /** Those of `weights` that are signed bytes beyond 7 bits: not every processor adds their products without saturation. */
  readonly wideWeights: readonly string[];
}

interface Weights {
  readonly weights: readonly string[];
  readonly wideWeights: readonly string[];
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
  let found: Weights = { weights: [], wideWeights: [] };
  try {
    eachField(bytes, (field, reader) => {
      if (field === 2) producer = reader.string();
      else if (field === 3) version = reader.string();
      else if (field === 7) {
        graphs++;
        found = readGraph(reader.bytes(), ops, tensors);
      } else if (field === 8) opset = readOpset(reader.bytes()) ?? opset;
      else if (field === 14) Object.assign(metadata, readEntry(reader.bytes()));
      else return false;
      return true;
    });
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  if (graphs !== 1) throw unreadable(file, `it holds ${graphs} graphs`);
  return {
    producer: `${producer} ${version}`.trim(),
    opset,
    metadata,
    ops,
    tensors,
    ...found,
    eightBits: isQuantized(ops),
  };
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

/** Adds to `ops` and `tensors`, and finds the tensors that are weights of layers. */
function readGraph(bytes: Uint8Array, ops: Record<string, number>, tensors: TensorSummary[]): Weights {
  const nodes: Node[] = [];
  const dense = new Map<string, Stored>();
  eachField(bytes, (field, reader) => {
    if (field === 1) {
      const node = readNode(reader.bytes());
      ops[node.op] = (ops[node.op] ?? 0) + 1;
      nodes.push(node);
    } else if (field === 5) {
      const tensor = stored(reader.bytes());
      dense.set(tensor.name, tensor);
    } else if (field === 15) tensors.push(sparseTensor(reader.bytes()));
    else return false;
    return true;
  });
  const zeros = zeroPoints(nodes);
  for (const tensor of dense.values()) {
    tensors.push(denseTensor(tensor, commonValue(dense.get(zeros.get(tensor.name) ?? ''))));
  }
  const there = new Set(tensors.map(({ name }) => name));
  const weights = weightNames(nodes).filter((name) => there.has(name));
  return { weights, wideWeights: weights.filter((name) => isWide(dense.get(name))) };
}

/** The zero point of a whole tensor; 0 where its outputs have different ones. */
function commonValue(zeroPoint: Stored | undefined): number {
  const [first = 0, ...others] = zeroPoint?.content ?? [];
  return others.every((value) => value === first) ? first : 0;
}

/** Products of two bytes, of which one is unsigned, fit in 16 bits with their neighbours as long as the other is within this. */
const WIDEST = 64;

function isWide(weights: Stored | undefined): boolean {
  if (weights?.type !== OnnxType.int8 || weights.content === undefined) return false;
  const values = littleEndianValues(Int8Array, weights.content);
  return values.some((value: number | bigint) => value > WIDEST || value < -WIDEST);
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
  const names = nodes.flatMap((node) =>
    WEIGHTED.has(node.op) ? [node.inputs[1] ?? ''] : (wholeWeights(node) ?? []),
  );
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
