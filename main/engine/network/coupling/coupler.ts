import type { CouplingOptions, Side } from '../../../contract/groups.ts';
import type { Node } from '../graph.ts';

/** One axis of a value (of one sample; axis 0 is the batch) or of a parameter. Its indices are its slots. */
export interface Axis {
  readonly kind: 'value' | 'param';
  /** Of the value or the parameter. */
  readonly name: string;
  readonly axis: number;
  readonly size: number;
  /** Number of its first slot among all slots of the network. */
  readonly first: number;
}

/**
 * What an op says of its slots: which of its inputs, outputs and parameters go together and which cannot go. An axis that it
 * says nothing of is held: nothing is ever guessed.
 */
export interface Coupler {
  readonly options: Required<CouplingOptions>;
  readonly node: Node;
  /** How many inputs the node has, and how many outputs. */
  readonly inputs: number;
  readonly outputs: number;
  /** Number of axes, the batch included. */
  rank(input: number): number;
  outputRank(output: number): number;
  /** An axis of an input (the first one); negative axes count from the end. */
  input(axis: number, input?: number): Axis;
  output(axis: number, output?: number): Axis;
  /** Whether the node has a parameter in this role. */
  has(role: string): boolean;
  /** Whether the parameter in this role is trained, and so masked itself. */
  trained(role: string): boolean;
  paramRank(role: string): number;
  param(role: string, axis: number): Axis;
  /** Index i of the one goes with index i of the other. */
  same(a: Axis, b: Axis): void;
  /** Index `from` + i of the one goes with index `to` + i of the other, for i < count (by default all that both have). */
  run(a: Axis, from: number, b: Axis, to: number, count?: number): void;
  /** One index of the one goes with one of the other. */
  tie(a: Axis, i: number, b: Axis, j: number): void;
  /**
   * Consecutive axes become others, in row-major order: the product of the sizes is the same. Exactly one factor of that
   * product keeps slots of its own, and all others stay; which one is decided when the whole network is known.
   */
  reshaped(from: readonly Axis[], to: readonly Axis[]): void;
  /** Notes what a parameter's slices have to do with the channels that they are tied to. */
  side(param: Axis, side: Side): void;
  /** Indices that are no channels: pixels, tokens, taps of a kernel. */
  position(axis: Axis): void;
  /** The slots of this axis are not touched: nothing depends on how many there are. */
  free(axis: Axis): void;
  /** Indices that cannot go; the reason follows the words "Softmax 'probs'". */
  hold(axis: Axis, reason: string): void;
  /** A sum over this axis: its slots can go only where one of the factors is zero once they are masked. */
  sums(axis: Axis, factors: readonly Axis[]): void;
  /**
   * Says that masked slots of an output are exactly zero where every one of (or some one of) these axes has zeros in its.
   * A trained parameter always has, since it is masked itself.
   */
  zeros(output: Axis, given: readonly Axis[], how?: 'every' | 'some'): void;
  /**
   * Says that an output has at each of its indices one constant everywhere where these axes have, at the indices that go with
   * it. An index that goes with none of theirs is a constant.
   */
  constants(output: Axis, given: readonly Axis[]): void;
  /** Says that numbers along an output's axis are shares: they add up to 1, whatever the network is given. */
  shares(output: Axis): void;
  /** Whether something said so of an input's axis. */
  areShares(input: Axis): boolean;
  /** The numbers of an input at an index, all or some of them, in any order: zeros stay zeros and constants stay constants. */
  passes(output: Axis, input: Axis): void;
  /** An axis along which a product of matrices is done again for each index: attention's heads. */
  heads(axis: Axis): void;
  /** A row or column of a product of matrices: what attention's heads are wide. */
  width(axis: Axis): void;
}

/** What stays of a node's inputs and outputs when channels leave, in ascending indices; axes as in `Coupler`. */
export interface Remaining {
  readonly outputs: number;
  /** The shape that an input had, the batch included. */
  shape(input: number): readonly number[];
  input(axis: number, input?: number): readonly number[];
  output(axis: number, output?: number): readonly number[];
}
