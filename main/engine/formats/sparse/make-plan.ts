import { inputError } from '../../../contract/errors.ts';
import { foldBatchNorm } from '../../network/fold-batch-norm.ts';
import type { MaskSet, Network, Node, WeightSet } from '../../network/graph.ts';
import { sizeOf } from '../../network/graph.ts';
import { maskedSet } from '../../network/masked.ts';
import { inferShapes } from '../../network/shape.ts';
import { placeBuffers } from './arena.ts';
import { fuse } from './fuse.ts';
import { layOut } from './grids.ts';
import type { Kernel } from './kernel.ts';
import { clear } from './kernels/clear.ts';
import { copy } from './lower/copy.ts';
import { lowerings } from './lower/index.ts';
import type { Lowering, LowerContext, Tail, Tuning } from './lower/lowering.ts';
import { whole } from './lower/lowering.ts';
import type { Arg, Buffer, Data, LayerPlan, Plan, PlanPort, Split, Step, Stored } from './plan.ts';
import type { Planes, Value } from './value.ts';
import { compactStrides } from './value.ts';

/** Values behind the end of a buffer, for vectors that are read and written whole. */
const SLACK = 16;

/** How a layer type is lowered. @throws EspalierError naming the layer, where the type cannot be */
function loweringOf(node: Node): Lowering {
  const found = lowerings[node.op];
  if (found !== undefined) return found;
  throw inputError('export/unsupported', `${node.op} '${node.name}' has no kernels.`, {
    field: node.name,
    remedy: `Layers that have: ${Object.keys(lowerings).join(', ')}.`,
  });
}

/**
 * Lowers a network to calls of kernels, for one sample.
 * @param masks pruned weights are zero, whatever the weight set holds
 * @param options.eightBits weights are stored in eight bits, see `lower/eight-bits.ts`
 * @throws EspalierError naming the layer that cannot be written
 */
export function makePlan(
  given: Network,
  weights: WeightSet,
  masks: MaskSet,
  tuning: Tuning,
  { eightBits = false }: { readonly eightBits?: boolean } = {},
): Plan {
  const folded = foldBatchNorm(given, maskedSet(weights, masks));
  return new Planner(folded.network, folded.weights, tuning, eightBits).plan();
}

class Planner implements LowerContext {
  readonly tuning: Tuning;
  readonly eightBits: boolean;
  private readonly network: Network;
  private readonly weights: WeightSet;
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly planes: ReadonlyMap<string, Planes>;
  private readonly tails: ReadonlyMap<string, Tail>;
  private readonly gone: ReadonlySet<string>;
  private readonly values = new Map<string, Value>();
  private readonly buffers: Buffer[] = [];
  private readonly data: Data[] = [];
  private readonly tables = new Map<string, Arg>();
  private readonly steps: Step[] = [];
  private readonly layers: LayerPlan[] = [];

  constructor(network: Network, weights: WeightSet, tuning: Tuning, eightBits: boolean) {
    this.network = network;
    this.weights = weights;
    this.tuning = tuning;
    this.eightBits = eightBits;
    this.shapes = inferShapes(network, 1);
    const { tails, gone } = fuse(network, this.shapes, loweringOf);
    this.tails = tails;
    this.gone = gone;
    this.planes = layOut(network, this.shapes, (node) => loweringOf(node).grids, tuning.lanes);
  }

  plan(): Plan {
    const port = (name: string): PlanPort => ({ name, shape: (this.shapes.get(name) ?? []).slice(1) });
    const { inputs, outputs, nodes, name } = this.network;
    inputs.forEach(({ name, shape }, index) => {
      const given = this.room(shape, { is: 'input', index });
      this.move(name, given, this.value(name));
      this.border(name);
    });
    for (const node of nodes) {
      if (this.gone.has(node.name)) continue;
      loweringOf(node).lower(this, node);
      for (const output of node.outputs) this.border(this.tails.get(node.name)?.output ?? output);
    }
    outputs.forEach((name, index) => {
      const from = this.value(name);
      this.move(name, from, this.room(from.shape, { is: 'output', index }));
    });
    const { offsets, arena } = placeBuffers(this.buffers, this.steps);
    return {
      name,
      ...{ inputs: inputs.map(({ name }) => port(name)), outputs: outputs.map(port) },
      ...{ steps: this.steps, data: this.data, buffers: this.buffers, offsets, arena, layers: this.layers },
    };
  }

  value(name: string): Value {
    const known = this.values.get(name);
    if (known !== undefined) return known;
    const planes = this.planes.get(name);
    const made =
      planes === undefined ? this.temporary((this.shapes.get(name) ?? []).slice(1)) : this.image(planes);
    this.values.set(name, made);
    return made;
  }

  alias(name: string, value: Value): void {
    this.values.set(name, value);
  }

  param(node: Node, role: string) {
    const name = node.params[role];
    return name === undefined ? undefined : this.weights.get(name);
  }

  tail(node: Node): Tail {
    const found = this.tails.get(node.name);
    if (found === undefined) throw new Error(`layer '${node.name}' takes nothing in`);
    return found;
  }

  temporary(shape: readonly number[]): Value {
    return this.room(shape, { is: 'arena' });
  }

  image(planes: Planes): Value {
    const { channels, height, width, row, plane, head, tail } = planes;
    const size = head + channels * plane + tail + SLACK;
    this.buffers.push({ size, place: { is: 'arena' } });
    return {
      buffer: this.buffers.length - 1,
      offset: head,
      shape: [channels, height, width],
      strides: [plane, row, 1],
      planes,
    };
  }

  floats(values: Float32Array): Arg {
    this.data.push({ is: 'floats', values });
    return { is: 'data', data: this.data.length - 1 };
  }

  bytes(values: Int8Array): Arg {
    this.data.push({ is: 'bytes', values });
    return { is: 'data', data: this.data.length - 1 };
  }

  table(values: ArrayLike<number>, stored?: Stored): Arg {
    const table = Uint32Array.from(values);
    const key = `${JSON.stringify(stored)} ${Buffer.from(table.buffer).toString('latin1')}`;
    const known = this.tables.get(key);
    if (known !== undefined) return known;
    this.data.push({ is: 'table', values: table, stored });
    const arg: Arg = { is: 'data', data: this.data.length - 1 };
    this.tables.set(key, arg);
    return arg;
  }

  call(node: Pick<Node, 'name'>, kernel: Kernel, args: readonly Arg[], split?: Split): void {
    if (args.length !== kernel.params.length)
      throw new Error(`${kernel.label} takes ${kernel.params.length} arguments`);
    this.steps.push({ layer: node.name, kernel, args, split });
  }

  note(layer: LayerPlan): void {
    this.layers.push(layer);
  }

  private room(shape: readonly number[], place: Buffer['place']): Value {
    const slack = place.is === 'arena' ? SLACK : 0;
    this.buffers.push({ size: sizeOf(shape) + slack, place });
    return { buffer: this.buffers.length - 1, offset: 0, shape, strides: compactStrides(shape) };
  }

  private move(layer: string, from: Value, to: Value): void {
    copy(this, { name: layer }, from, to);
  }

  /** Zeros around an image whose readers count on them. */
  private border(name: string): void {
    const { planes, buffer, offset } = this.value(name);
    if (planes?.bordered !== true) return;
    const { head, channels, height, width, row, plane, tail } = planes;
    const start: Arg = { is: 'buffer', buffer, offset: offset - head };
    this.call({ name }, clear, [start, ...[head, channels, height, width, row, plane, tail].map(whole)]);
  }
}
