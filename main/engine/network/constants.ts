import type { Axis } from './coupling/coupler.ts';
import type { CouplingRecord } from './coupling/record.ts';
import { sizeOf, type Network, type Node, type TensorData, type WeightSet } from './graph.ts';
import { Mixed } from './mixed.ts';

/** Values that a network makes of one sample, by name. */
export type Values = ReadonlyMap<string, TensorData>;

/** The values of which constants are read off: what layers add up. */
export function summedValues({ facts }: CouplingRecord): string[] {
  return [...new Set(facts.sums.flatMap(({ node }) => node.inputs))];
}

/** How far constants may be apart that were added up in another order, relative to them: shares add up to 1 in float32. */
const ROUNDING = 1e-5;

/** Which channels are the same number everywhere, whatever a network is given. */
export class Constants {
  private readonly record: CouplingRecord;
  private readonly known = new Map<Axis, Set<number>>();
  private readonly values: Values;

  /**
   * @param record what the network's layers say of their slots
   * @param weights zeros are what no signal passes
   * @param values those of `summedValues`, of any one sample
   */
  constructor(network: Network, record: CouplingRecord, weights: WeightSet, values: Values) {
    this.record = record;
    this.values = values;
    for (const node of network.nodes) {
      const input = record.values.get(node.inputs[0] ?? '') ?? [];
      const mixed = Mixed.of(
        node,
        weights,
        input.map(({ size }) => size),
      );
      if (mixed !== undefined) this.hearMixed(node, mixed);
      else for (const { output, given } of record.facts.constantsOf(node)) this.hear(output, given);
    }
  }

  /**
   * The number that a value is everywhere at an index of an axis; undefined where it is none. What a reshape has made of several
   * constants (a head of the biases of its values) is several numbers, and none here.
   */
  at(axis: Axis, index: number): number | undefined {
    if (this.known.get(axis)?.has(this.rootOf(axis, index)) !== true) return undefined;
    const read = this.values.get(axis.name);
    return read === undefined ? undefined : onlyNumber(read, axis.axis, index);
  }

  private hear(output: Axis, given: readonly Axis[]): void {
    const sources = given.map((axis) => ({ roots: this.rootsOf(axis), known: this.known.get(axis) }));
    const constant = [...this.rootsOf(output)].filter((root) =>
      sources.every(({ roots, known }) => !roots.has(root) || known?.has(root) === true),
    );
    const before = this.known.get(output);
    this.known.set(
      output,
      new Set(before === undefined ? constant : constant.filter((root) => before.has(root))),
    );
  }

  /** A channel is constant where all that it reads by weights other than zero is, and the same at the border. */
  private hearMixed(node: Node, mixed: Mixed): void {
    const { channels } = mixed.mixing;
    const [input, output] = [node.inputs, node.outputs].map(
      ([name = '']) => this.record.values.get(name)?.[channels],
    );
    if (input === undefined || output === undefined) return;
    const moving = new Set<number>();
    for (let o = 0; o < output.size; o++) {
      const constant = mixed.read(o).every((i) => {
        if (mixed.isZero(o, i)) return true;
        const number = this.at(input, i);
        return number === 0 || (number !== undefined && mixed.share(o, i)?.border === 0);
      });
      if (!constant) moving.add(this.rootOf(output, o));
    }
    this.known.set(output, new Set([...this.rootsOf(output)].filter((root) => !moving.has(root))));
  }

  private rootsOf(axis: Axis): Set<number> {
    return new Set(Array.from({ length: axis.size }, (_, i) => this.rootOf(axis, i)));
  }

  private rootOf({ first }: Axis, index: number): number {
    return this.record.slots.find(first + index);
  }
}

/** What a value is at all places of an index of an axis; undefined where they differ. */
function onlyNumber({ shape, data }: TensorData, axis: number, index: number): number | undefined {
  const inner = sizeOf(shape.slice(axis + 1));
  const size = shape[axis] ?? 1;
  const number = data[index * inner];
  for (let outer = 0; outer < data.length; outer += size * inner) {
    for (let i = outer + index * inner; i < outer + (index + 1) * inner; i++) {
      if (Math.abs((data[i] as number) - (number as number)) > ROUNDING * Math.abs(number as number))
        return undefined;
    }
  }
  return number;
}
