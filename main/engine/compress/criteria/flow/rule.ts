import type { Node } from '../../../network/graph.ts';

/** One sample's value in double precision, in logical order (channels first); the batch axis of 1 is kept. */
export interface Field {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What a rule may ask of the parameters of its node: absolute values, pruned weights zero. */
export interface FlowParams {
  /** The values of the parameter in this role; undefined where the node has none. */
  get(node: Node, role: string): Field | undefined;
  /** The same for what is added to values: divided by the power of two that the node's inputs are divided by. */
  added(node: Node, role: string): Field | undefined;
  /** A number that is added, divided likewise. */
  addedNumber(value: number): number;
  /** Where dR/dw of this parameter is summed up, as long as the parameter; undefined where nobody asks for it. */
  gradient(node: Node, role: string): Float64Array | undefined;
}

/** A node's output, and the way back. */
export interface Passed {
  readonly data: Float64Array;
  /**
   * The slopes of R along each input, from those along the output; adds those along parameters to `params.gradient`. The arrays
   * it gives may be the one that it got.
   */
  back(slopes: Float64Array): Float64Array[];
}

/**
 * One layer type in the flow: `shape` is that of the output. Sums run in a fixed order, so that the same weights give the
 * same bits on every machine.
 */
export type FlowRule = (
  node: Node,
  inputs: readonly Field[],
  shape: readonly number[],
  params: FlowParams,
) => Passed;

/** A parameter or input that the network's check has made sure of. */
export function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a layer of the flow lacks an input or a parameter');
  return value;
}
