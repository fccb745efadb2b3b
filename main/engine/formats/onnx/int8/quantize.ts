import { littleEndianBytes, littleEndianValues } from '../../little-endian.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../../../protobuf/onnx.ts';
import { OnnxType } from '../../../protobuf/onnx.ts';
import type { ActivationScale, Range } from './numbers.ts';
import { activationScale, quantizeLayer } from './numbers.ts';
import type { Placement, WeightedLayer } from './placement.ts';
import type { WeightForm } from './weight-form.ts';

/**
 * The model with QuantizeLinear and DequantizeLinear around what computes in eight bits ("QDQ"): any runtime can run it as it
 * stands, and those with 8-bit kernels replace each group of nodes by one.
 * @param ranges of the values that the placement rounds
 * @param form of the stored weights
 */
export function quantizeModel(
  model: OnnxModel,
  placement: Placement,
  ranges: ReadonlyMap<string, Range>,
  form: WeightForm,
): OnnxModel {
  return new Quantizer(model, placement, ranges, form).run();
}

class Quantizer {
  private readonly model: OnnxModel;
  private readonly placement: Placement;
  private readonly ranges: ReadonlyMap<string, Range>;
  private readonly form: WeightForm;
  private readonly taken: Set<string>;
  private readonly added: OnnxTensor[] = [];
  private readonly nodes: OnnxNode[] = [];
  /** Rounded value -> what its readers read in its place. */
  private readonly rounded = new Map<string, string>();
  /** Names of the scale and zero point that values with one range share. */
  private readonly scales = new Map<string, readonly [scale: string, zeroPoint: string]>();

  constructor(model: OnnxModel, placement: Placement, ranges: ReadonlyMap<string, Range>, form: WeightForm) {
    this.model = model;
    this.placement = placement;
    this.ranges = ranges;
    this.form = form;
    const { nodes, initializers, inputs } = model.graph;
    this.taken = new Set([
      ...[...initializers, ...inputs].map(({ name }) => name),
      ...nodes.flatMap((node) => [...node.outputs, node.name ?? '']),
    ]);
  }

  run(): OnnxModel {
    const { graph } = this.model;
    const weighted = new Map(this.placement.layers.map((layer) => [layer.node, layer]));
    for (const { name } of graph.inputs) this.round(name);
    for (const node of graph.nodes) {
      const layer = weighted.get(node);
      const inputs = node.inputs.map((name, i) => this.read(name, layer !== undefined && i === 0));
      this.nodes.push({ ...node, inputs: layer === undefined ? inputs : this.withWeights(layer, inputs) });
      for (const name of node.outputs) this.round(name);
    }
    // Transpositions of weights that are stored the other way round now.
    const outputs = new Set(graph.outputs.map(({ name }) => name));
    const read = new Set(this.nodes.flatMap((node) => node.inputs));
    const nodes = this.nodes.filter((node) =>
      node.outputs.some((name) => read.has(name) || outputs.has(name)),
    );
    const used = new Set(nodes.flatMap((node) => node.inputs));
    const initializers = [...graph.initializers, ...this.added].filter(({ name }) => used.has(name));
    return { ...this.model, graph: { ...graph, nodes, initializers } };
  }

  private read(name: string, byWeighted: boolean): string {
    const value = this.placement.values.get(name);
    return value !== undefined && (value.readers === 'all' || byWeighted)
      ? (this.rounded.get(name) ?? name)
      : name;
  }

  /** Puts a pair of nodes behind a value that is to be rounded. */
  private round(name: string): void {
    const value = this.placement.values.get(name);
    if (value === undefined) return;
    const scale = this.scaleNames(value.rangeOf);
    const [whole, back] = [this.fresh(`${name}_quantized`), this.fresh(`${name}_dequantized`)];
    this.add('QuantizeLinear', [name, ...scale], whole);
    this.add('DequantizeLinear', [whole, ...scale], back);
    this.rounded.set(name, back);
  }

  private scaleOf(rangeOf: string): ActivationScale {
    return activationScale(this.ranges.get(rangeOf) ?? { min: 0, max: 0 });
  }

  private scaleNames(rangeOf: string): readonly [string, string] {
    const known = this.scales.get(rangeOf);
    if (known !== undefined) return known;
    const { scale, zeroPoint } = this.scaleOf(rangeOf);
    const names = [
      this.store(`${rangeOf}_scale`, OnnxType.float32, [], littleEndianBytes(Float32Array.of(scale))),
      this.store(`${rangeOf}_zero_point`, OnnxType.uint8, [], Uint8Array.of(zeroPoint)),
    ] as const;
    this.scales.set(rangeOf, names);
    return names;
  }

  /** The layer's inputs with 8-bit weights and a 32-bit bias in place of the float ones. */
  private withWeights({ node, weight, turned, bias }: WeightedLayer, inputs: readonly string[]): string[] {
    const [input = ''] = node.inputs;
    const { scale } = this.scaleOf(this.placement.values.get(input)?.rangeOf ?? input);
    const [outputs = 1] = weight.dims;
    const whole = quantizeLayer(floats(weight), outputs, bias && floats(bias), scale, this.form.largest);
    const columns = weight.dims.slice(1).reduce((size, dim) => size * dim, 1);
    const stored = turned ? exchanged(whole.weights, outputs, columns) : whole.weights;
    const dims = turned ? [columns, outputs] : weight.dims;
    const { type, zeroPoint } = this.form;
    const bytes = Uint8Array.from(stored, (value) => value + zeroPoint);
    const name = this.dequantized(weight.name, turned ? 1 : 0, [
      this.store(`${weight.name}_quantized`, type, dims, bytes),
      this.store(`${weight.name}_scale`, OnnxType.float32, [outputs], littleEndianBytes(whole.scales)),
      this.store(`${weight.name}_zero_point`, type, [outputs], new Uint8Array(outputs).fill(zeroPoint)),
    ]);
    if (bias === undefined || whole.bias === undefined) return [inputs[0] ?? '', name];
    const { values, scales } = whole.bias;
    const shift = this.dequantized(bias.name, 0, [
      this.store(`${bias.name}_quantized`, OnnxType.int32, [outputs], littleEndianBytes(values)),
      this.store(`${bias.name}_scale`, OnnxType.float32, [outputs], littleEndianBytes(scales)),
      this.store(`${bias.name}_zero_point`, OnnxType.int32, [outputs], new Uint8Array(4 * outputs)),
    ]);
    return [inputs[0] ?? '', name, shift];
  }

  private dequantized(name: string, axis: number, inputs: readonly string[]): string {
    return this.add('DequantizeLinear', inputs, this.fresh(`${name}_dequantized`), { axis });
  }

  private add(
    opType: string,
    inputs: readonly string[],
    output: string,
    attrs: OnnxNode['attrs'] = {},
  ): string {
    this.nodes.push({ name: this.fresh(`${output}/${opType}`), opType, inputs, outputs: [output], attrs });
    return output;
  }

  private store(wanted: string, type: OnnxTensor['type'], dims: readonly number[], raw: Uint8Array): string {
    const name = this.fresh(wanted);
    this.added.push({ name, type, dims, raw });
    return name;
  }

  private fresh(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.taken.has(name); i++) name = `${wanted}_${i}`;
    this.taken.add(name);
    return name;
  }
}

function floats(tensor: OnnxTensor): Float32Array {
  return littleEndianValues(Float32Array, tensor.raw) as Float32Array;
}

function exchanged(values: Int8Array, rows: number, columns: number): Int8Array {
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}
