import type { Node } from '../../../network/graph.ts';
import type { Kernel, Vec } from '../kernel.ts';
import type { PostStep } from '../kernels/post.ts';
import type { GridRule } from '../grids.ts';
import type { Arg, LayerPlan, Split, Stored } from '../plan.ts';
import type { Value } from '../value.ts';

/** A function of single numbers. */
interface Pointwise {
  /** Says what it computes. */
  readonly key: string;
  readonly apply: (x: Vec) => Vec;
}

/** How one layer type becomes calls of kernels. */
export interface Lowering {
  /** What it wants of how images lie. */
  readonly grids?: GridRule;
  /** For functions of single numbers: they can be computed by the layer before, too. */
  readonly pointwise?: (node: Node) => Pointwise;
  /** Whether it can take in what comes after it: functions of single numbers, and another value added. */
  readonly fuses?: true;
  /** @throws EspalierError naming the layer, where this case cannot be written */
  lower(context: LowerContext, node: Node): void;
}

/** What stands behind a layer and is computed with it. */
export interface Tail {
  readonly post: readonly PostStep[];
  /** The value that is added, where one is. */
  readonly added: string | undefined;
  /** The value that comes out at the end. */
  readonly output: string;
}

/** What a layer's lowering may ask, and what it adds to the plan. */
export interface LowerContext {
  /** Where the output of a layer, or an input of the network, lies. */
  value(name: string): Value;
  /** Says that a value is another one by another name, perhaps with other axes. */
  alias(name: string, value: Value): void;
  /** The numbers of the parameter that plays a role; undefined where there is none. */
  param(
    node: Node,
    role: string,
  ): { readonly shape: readonly number[]; readonly data: Float32Array } | undefined;
  tail(node: Node): Tail;
  /** Room for a value of the layer's own, without gaps. */
  temporary(shape: readonly number[]): Value;
  /** Room for an image of the layer's own. */
  image(planes: NonNullable<Value['planes']>): Value;
  floats(values: Float32Array): Arg;
  bytes(values: Int8Array): Arg;
  table(values: ArrayLike<number>, stored?: Stored): Arg;
  call(node: Node, kernel: Kernel, args: readonly Arg[], split?: Split): void;
  /** Notes how a layer's weights are computed. */
  note(layer: LayerPlan): void;
  /** How sparse layers are computed fastest. */
  readonly tuning: Tuning;
  /** Whether weights are stored as whole numbers of eight bits with a scale for each output channel. */
  readonly eightBits: boolean;
}

/** What time gaps may take for the room that they save. */
interface GapForm {
  /** A gap is a byte, which is read fastest, where lists take at most so many times what they take in the fewest bits. */
  readonly worth: number;
  /** A table of positions is stored by its periods where it takes more than this share of the lists that read it. */
  readonly positions: number;
}

/** What is measured of a target. */
export interface Tuning {
  /** Places of a vector. */
  readonly lanes: number;
  /** Most vectors that a strip's tile has, by how many channels are computed together. */
  readonly vectors: Readonly<Record<number, number>>;
  /** Bytes that a tile may read of the input: what stays in the nearest cache beside the weights. */
  readonly cache: number;
  /** Vectors of sums that must be under way at once. */
  readonly underWay: number;
  /** How many channels of a convolution may be computed together. */
  readonly blocks: readonly number[];
  /** How many rows of a matrix may be computed together. */
  readonly rows: readonly number[];
  /** How many weights are stored for each that is kept, at most: rows that are computed together store zeros. */
  readonly spare: number;
  /** How lists have gaps between columns instead of columns, which take less room where constants are not packed; else undefined. */
  readonly gaps: GapForm | undefined;
  /** Time of one entry of a list: fixed, for each input vector, for each weight, for each product of vectors. */
  readonly strip: {
    readonly entry: number;
    readonly input: number;
    readonly weight: number;
    readonly product: number;
  };
  /** The same of matrices: fixed for each entry, and for each vector of weights. */
  readonly matrix: { readonly entry: number; readonly vector: number };
}

/** The offset of a value as kernels get it. */
export const at = ({ buffer, offset }: Value, more = 0): Arg => ({
  is: 'buffer',
  buffer,
  offset: offset + more,
});
export const whole = (value: number): Arg => ({ is: 'int', value });
