import type { OnnxModel, OnnxNode, OnnxTensor } from '../../../protobuf/onnx.ts';
import { OnnxType } from '../../../protobuf/onnx.ts';

/** A layer whose stored weights become whole numbers of eight bits. */
export interface WeightedLayer {
  readonly node: OnnxNode;
  /** The stored weights, as the float file has them. */
  readonly weight: OnnxTensor;
  /** True where the file has the matrix as [out, in] and the operator takes it with its axes exchanged. */
  readonly turned: boolean;
  /** The stored bias; undefined when there is none. */
  readonly bias: OnnxTensor | undefined;
}

/** Where the numbers on their way are rounded to eight bits. */
interface RoundedValue {
  /** Which readers get the rounded numbers: every one, or only the layers with 8-bit weights. */
  readonly readers: 'all' | 'weighted';
  /** The value whose range it has: its own name, or that of the value whose numbers it only moves. */
  readonly rangeOf: string;
}

export interface Placement {
  readonly layers: readonly WeightedLayer[];
  readonly values: ReadonlyMap<string, RoundedValue>;
  /** Operators that compute in float32, with how often. */
  readonly float: ReadonlyMap<string, number>;
}

/** Operators that only move or pick numbers: their output has the scale of their input. */
const MOVES = new Set([
  'MaxPool',
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Split',
]);
/** Operators that make an 8-bit value of 8-bit values. */
const JOINS = new Set(['Add', 'Concat', 'AveragePool', 'GlobalAveragePool']);
/** Operators that rounding to a range does by the way, when the range ends where they cut. */
const CLIPS = new Set(['Relu', 'Clip']);
/** Operators that are no arithmetic on activations, and are not worth a word. */
const SILENT = new Set([...MOVES, 'Shape', 'Expand', 'Pad']);

/**
 * Decides what of a network computes in eight bits. Convolutions and dense layers do, and so does what lies between
 * convolutions where runtimes have 8-bit kernels for it; everything else stays float32 and reads float32.
 * @param known names of the values that may be rounded: those whose ranges can be measured
 */
export function placeRounding({ graph }: OnnxModel, known: ReadonlySet<string>): Placement {
  const graphOf = new Surroundings(graph);
  const layers = graph.nodes.flatMap((node) => graphOf.weightedLayer(node, known) ?? []);
  const weighted = new Map(layers.map((layer) => [layer.node, layer]));
  const turned = new Set(layers.filter((layer) => layer.turned).map(({ node }) => node.inputs[1]));

  // Forwards: what 8-bit kernels make, and which of it is cut before it is rounded.
  const born = new Map<string, RoundedValue>();
  const cut = new Set<string>();
  const byConvolution = new Set<string>();
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    if (!node.outputs.every((name) => known.has(name))) continue;
    const own: RoundedValue = { readers: 'all', rangeOf: output };
    const source = born.get(input);
    if (weighted.has(node) && node.opType === 'Conv') {
      born.set(output, own);
      byConvolution.add(output);
    } else if (JOINS.has(node.opType) && node.inputs.every((name) => born.has(name))) born.set(output, own);
    else if (MOVES.has(node.opType) && source !== undefined) {
      for (const name of node.outputs) born.set(name, { ...own, rangeOf: source.rangeOf });
    } else if (node.opType === 'Pad' && source !== undefined) born.set(output, own);
    else if (CLIPS.has(node.opType) && source !== undefined) {
      born.set(output, own);
      if (source.rangeOf === input && graphOf.readers(input) === 1) {
        cut.add(input);
        if (byConvolution.has(input)) byConvolution.add(output);
      }
    }
  }

  // Backwards: of that, what another layer with 8-bit weights reads in the end.
  const useful = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    if (weighted.has(node)) useful.add(node.inputs[0] ?? '');
    else if (node.outputs.some((name) => born.has(name) && useful.has(name)))
      for (const name of node.inputs) useful.add(name);
  }

  const values = new Map<string, RoundedValue>();
  for (const [name, value] of born) {
    if (!cut.has(name) && (useful.has(name) || byConvolution.has(name))) values.set(name, value);
  }
  for (const { node } of layers) {
    const [input = ''] = node.inputs;
    if (!values.has(input)) values.set(input, { readers: 'weighted', rangeOf: input });
  }

  const float = new Map<string, number>();
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    const rounded = weighted.has(node) || cut.has(output) || turned.has(output);
    const whole = rounded || values.get(output)?.readers === 'all' || graphOf.belongsTo(node, weighted);
    if (whole || SILENT.has(node.opType) || !known.has(output)) continue;
    float.set(node.opType, (float.get(node.opType) ?? 0) + 1);
  }
  return { layers, values, float };
}

/** What stands around a node. */
class Surroundings {
  private readonly stored: ReadonlyMap<string, OnnxTensor>;
  private readonly made = new Map<string, OnnxNode>();
  private readonly uses = new Map<string, number>();

  constructor(graph: OnnxModel['graph']) {
    this.stored = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
    const read = [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs.map(({ name }) => name)];
    for (const name of read) this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
    for (const node of graph.nodes) for (const name of node.outputs) this.made.set(name, node);
  }

  /** How often a value is read; the world outside counts as a reader of the outputs. */
  readers(name: string): number {
    return this.uses.get(name) ?? 0;
  }

  /** Whether the node is the bias of a layer with 8-bit weights or cuts what it makes: runtimes do it in the same kernel. */
  belongsTo({ opType, inputs }: OnnxNode, weighted: ReadonlyMap<OnnxNode, WeightedLayer>): boolean {
    const [value = '', bias = ''] = inputs;
    const source = this.made.get(value);
    if (source === undefined || !weighted.has(source)) return false;
    return CLIPS.has(opType) || (opType === 'Add' && this.stored.has(bias));
  }

  /** The node as a layer with 8-bit weights; undefined when it is none that runtimes have 8-bit kernels for. */
  weightedLayer(node: OnnxNode, known: ReadonlySet<string>): WeightedLayer | undefined {
    const [input = '', given = '', bias = ''] = node.inputs;
    if (!known.has(input)) return undefined;
    const weight = this.floats(given);
    if ((node.opType === 'Conv' || node.opType === 'Gemm') && weight !== undefined) {
      const plain = node.opType === 'Conv' || node.attrs['transB'] === 1;
      if (!plain || (bias !== '' && this.floats(bias) === undefined)) return undefined;
      return { node, weight, turned: false, bias: this.floats(bias) };
    }
    const source = this.made.get(given);
    if (node.opType !== 'MatMul' || source?.opType !== 'Transpose') return undefined;
    const matrix = this.floats(source.inputs[0] ?? '');
    return matrix?.dims.length === 2 ? { node, weight: matrix, turned: true, bias: undefined } : undefined;
  }

  private floats(name: string): OnnxTensor | undefined {
    const tensor = this.stored.get(name);
    return tensor?.type === OnnxType.float32 ? tensor : undefined;
  }
}
