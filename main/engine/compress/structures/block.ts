import type { ScoreSet } from '../scores.ts';
import { sizeOf, type MaskSet } from '../../network/graph.ts';
import { filled, type Structure, type UnitGroup } from './structure.ts';
import { matrixOf, type WeightMatrix } from './weight-matrix.ts';

const OPTIONS = { rows: 4, columns: 1 };

/**
 * Blocks of r x c weights of a layer's matrix: r outputs by c of the weights of an output, which lie input after input and
 * within it by the position in the kernel. A block's score is the mean over its weights, so that the smaller blocks at ragged
 * edges are compared by what they have; they count of the budget as many weights as they have.
 */
export const block: Structure = {
  id: 'block',
  label: 'Blocks',
  summary: 'Blocks of r outputs by c inputs are kept or pruned whole; at the edges they may be smaller.',
  options: OPTIONS,
  units(network, params, spec) {
    const { rows, columns } = filled(spec, OPTIONS);
    const layers = params.map((name) => new Blocks(matrixOf(network, name), name, rows, columns));
    const each = <T>(values: ReadonlyMap<string, T>, of: (blocks: Blocks, value: T) => T) =>
      new Map(
        layers.flatMap((blocks): [string, T][] => {
          const value = values.get(blocks.name);
          return value === undefined ? [] : [[blocks.name, of(blocks, value)]];
        }),
      );
    return {
      groups: layers.map((blocks) => blocks.group(network.params[blocks.name]?.shape ?? [])),
      reduce: (scores) => each<Scores>(scores, (blocks, values) => blocks.means(values)),
      spread: (scores) => each<Scores>(scores, (blocks, values) => blocks.fill(values, Float64Array)),
      expand: (kept): MaskSet => each(kept, (blocks, values) => blocks.fill(values, Uint8Array)),
      remark: () => {
        const ragged = layers.filter((blocks) => blocks.ragged).map(({ name }) => name);
        return ragged.length === 0
          ? undefined
          : `Blocks of ${rows} x ${columns}: at the edges of these layers blocks are smaller, and are judged and counted by the weights that they have: ${ragged.join(', ')}.`;
      },
    };
  },
};

type Scores = ScoreSet extends Map<string, infer S> ? S : never;

/** The blocks of one layer, row of blocks by row of blocks. */
class Blocks {
  readonly name: string;
  readonly ragged: boolean;
  private readonly matrix: WeightMatrix;
  private readonly rows: number;
  private readonly columns: number;
  /** Blocks beside and below one another. */
  private readonly across: number;
  private readonly down: number;

  constructor(matrix: WeightMatrix, name: string, rows: number, columns: number) {
    const width = matrix.inputs * matrix.area;
    this.name = name;
    this.matrix = matrix;
    this.rows = rows;
    this.columns = columns;
    this.across = Math.ceil(width / columns);
    this.down = Math.ceil(matrix.rows / rows);
    this.ragged = width % columns !== 0 || matrix.rows % rows !== 0;
  }

  group(shape: readonly number[]): UnitGroup {
    const units = this.across * this.down;
    const whole = this.rows * this.columns;
    return { name: this.name, shape, units, costs: this.ragged ? this.sizes() : whole };
  }

  /** The mean of each block's values. */
  means(values: ArrayLike<number>): Float64Array {
    const means = new Float64Array(this.across * this.down);
    this.visit((weight, unit) => (means[unit] = (means[unit] as number) + (values[weight] as number)));
    const sizes = this.sizes();
    return means.map((sum, unit) => sum / (sizes[unit] as number));
  }

  /** The value of its block for every weight. */
  fill<A extends Uint8Array | Float64Array>(values: ArrayLike<number>, make: new (length: number) => A): A {
    const { rows, inputs, area } = this.matrix;
    const filled = new make(sizeOf([rows, inputs, area]));
    this.visit((weight, unit) => (filled[weight] = values[unit] as number));
    return filled;
  }

  private sizes(): Float64Array {
    const sizes = new Float64Array(this.across * this.down);
    this.visit((_, unit) => (sizes[unit] = (sizes[unit] as number) + 1));
    return sizes;
  }

  private visit(take: (weight: number, unit: number) => void): void {
    const { rows, inputs, area, at } = this.matrix;
    for (let row = 0; row < rows; row++) {
      const first = Math.floor(row / this.rows) * this.across;
      for (let input = 0; input < inputs; input++) {
        for (let position = 0; position < area; position++) {
          const column = input * area + position;
          take(at(row, input, position), first + Math.floor(column / this.columns));
        }
      }
    }
  }
}
