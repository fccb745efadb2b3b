import {
  encodeModel,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  OnnxType,
} from '../../../../main/engine/protobuf/onnx.ts';
import { normalTensor } from '../../network/run.ts';

type Attrs = Readonly<Record<string, OnnxAttribute>>;
type Dims = readonly (number | string)[];

/** Writes ONNX graphs as other programs do: small nodes with numbers for names, and weights beside them. */
export class ExportedGraph {
  readonly x = 'x';
  private readonly nodes: OnnxNode[] = [];
  private readonly tensors: OnnxTensor[] = [];
  private readonly input: Dims;
  private readonly opset: number;

  constructor(input: Dims, opset = 17) {
    this.input = input;
    this.opset = opset;
  }

  /** A node; its output, or the list of its outputs. */
  op(opType: string, inputs: readonly string[], attrs: Attrs = {}): string {
    return this.many(opType, inputs, 1, attrs)[0] ?? '';
  }

  many(opType: string, inputs: readonly string[], count: number, attrs: Attrs = {}): string[] {
    const at = this.nodes.length;
    const outputs = Array.from({ length: count }, (_, i) => `/${at}/${opType}_output_${i}`);
    this.nodes.push({ name: `/${at}/${opType}`, opType, inputs, outputs, attrs });
    return outputs;
  }

  /** Normal numbers, `scale` large, around `mean`. */
  weight(dims: readonly number[], scale = 0.3, mean = 0): string {
    const name = `w${this.tensors.length}`;
    const { data } = normalTensor(dims, name);
    return this.tensor(
      name,
      dims,
      OnnxType.float32,
      data.map((value) => mean + scale * value),
    );
  }

  tensor(
    name: string,
    dims: readonly number[],
    type: OnnxTensor['type'],
    values: Float32Array | BigInt64Array | Uint16Array | Int8Array | Uint8Array,
  ): string {
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.tensors.push({ name, dims, type, raw });
    return name;
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `i${this.tensors.length}`;
    return this.tensor(name, dims, OnnxType.int64, BigInt64Array.from(values, BigInt));
  }

  int(value: number): string {
    return this.ints([value], []);
  }

  float(value: number): string {
    return this.tensor(`f${this.tensors.length}`, [], OnnxType.float32, Float32Array.of(value));
  }

  /** The size of an axis as PyTorch asks for it. */
  sizeOf(value: string, axis: number): string {
    return this.op('Gather', [this.op('Shape', [value]), this.int(axis)], { axis: 0 });
  }

  /** A shape of sizes, some of them computed. */
  shape(parts: readonly (string | number)[]): string {
    const lists = parts.map((part) =>
      typeof part === 'number' ? this.ints([part]) : this.op('Unsqueeze', [part, this.ints([0])]),
    );
    return this.op('Concat', lists, { axis: 0 });
  }

  /** A layer over the last axis, as torch.nn.Linear on more than two axes is written. */
  linear(value: string, from: number, to: number, bias = true): string {
    const product = this.op('MatMul', [value, this.weight([from, to])]);
    return bias ? this.op('Add', [this.weight([to]), product]) : product;
  }

  conv(value: string, from: number, to: number, kernel: number, more: Attrs = {}, bias = true): string {
    const group = typeof more['group'] === 'number' ? more['group'] : 1;
    const weight = this.weight([to, from / group, kernel, kernel]);
    const pads = [1, 1, 1, 1].map((side) => side * Math.floor(kernel / 2));
    return this.op('Conv', [value, weight, ...(bias ? [this.weight([to])] : [])], {
      kernel_shape: [kernel, kernel],
      pads,
      ...more,
    });
  }

  batchNorm(value: string, channels: number): string {
    const stats = [this.weight([channels], 0.1, 1), this.weight([channels]), this.weight([channels])];
    return this.op('BatchNormalization', [value, ...stats, this.weight([channels], 0.05, 1)], {
      epsilon: { float: 1e-5 },
    });
  }

  /** @param outputs the model's; the last node's first one when left out */
  finish(outputs: readonly string[] = [this.nodes.at(-1)?.outputs[0] ?? '']): Uint8Array {
    return encodeModel({
      irVersion: 8,
      opsets: [{ domain: '', version: this.opset }],
      producer: { name: 'pytorch', version: '2.4' },
      graph: {
        name: 'main_graph',
        nodes: this.nodes,
        initializers: this.tensors,
        inputs: [{ name: this.x, type: OnnxType.float32, dims: this.input }],
        outputs: outputs.map((name) => ({
          name,
          type: OnnxType.float32,
          dims: [this.input[0] ?? 'n', 'classes'],
        })),
      },
    });
  }
}
