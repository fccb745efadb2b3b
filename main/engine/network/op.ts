import type * as tf from '@tensorflow/tfjs-core';
import type { Activation } from './activation.ts';
import type { Coupler, Remaining } from './coupling/coupler.ts';
import type { Network, Node } from './graph.ts';

/** What an op may ask of the pass it runs in. */
export interface ForwardContext {
  /** True while training: batch statistics and dropout are used, running statistics are updated. */
  readonly training: boolean;
  /** The tensor of the parameter that plays `role` in `node`; throws when the node has none. */
  param(node: Node, role: string): tf.Tensor;
  /** Like `param`, but undefined for a role the node does not have (a convolution without bias). */
  optionalParam(node: Node, role: string): tf.Tensor | undefined;
  /** The new value of a running statistic, to be kept after this step (training only). */
  update(node: Node, role: string, value: tf.Tensor): void;
  /**
   * The keep mask of a dropout node for this batch, already scaled by 1 / (1 - rate), in logical order. It comes from the
   * host, from the run's own seed, so that a step stays a pure function of its inputs.
   */
  dropoutMask(node: Node, shape: readonly number[]): tf.Tensor;
}

/** What an op may ask while it is written to ONNX. */
export interface EmitContext {
  /** Adds a node and returns its output names; `outputs` gives fixed names where the network needs them. */
  node(
    opType: string,
    inputs: readonly string[],
    attrs?: Readonly<Record<string, OnnxAttr>>,
    outputs?: readonly string[],
  ): string[];
  /** The initializer name of the parameter that plays `role` in `node`, or '' when it has none. */
  param(node: Node, role: string): string;
  /** Adds an int64 constant (axes, shapes) and returns its name. */
  int64(values: readonly number[]): string;
  /** Adds a float32 scalar constant and returns its name. */
  scalar(value: number): string;
  /** The shape of a value (axis 0 is the batch, given as 1) or of a parameter. */
  shape(value: string): readonly number[];
}

/** Attribute values as ONNX types them: a plain number is an INT; wrap floats. */
export type OnnxAttr = number | string | { readonly float: number } | readonly number[];

interface OpCost {
  /** Multiply-accumulates for one sample with dense weights. Convolution and dense layers only; the literature's convention. */
  readonly macs: number;
}

/** How a layer adds the channels of its input up by its weights. */
export interface Mixing {
  /** The axis of its input and of its output that has the channels. */
  readonly channels: number;
  /** The axis of its weight that makes channels; the other one of the first two reads them, and taps of a kernel follow. */
  readonly makes: 0 | 1;
  readonly group: number;
  /**
   * For each tap at what share of the output's places it lies on the input, and not beside it, where zeros are. Undefined where
   * places differ in other ways.
   */
  readonly taps: readonly number[] | undefined;
}

/** What others ask of a layer type. A trait that is left out is one that the type does not have. */
export interface OpTraits {
  /** One line for lists and docs. */
  readonly summary: string;
  /** Whether it only passes, joins, picks or scales a signal on its way from weights to the next activation or weights. */
  readonly passesSignal?: true;
  /** Whether its output holds its input's numbers, perhaps in another order or shape. */
  readonly moves?: true;
  /** Whether the output is never negative; `inputs`: whether all inputs are known to be so. */
  readonly neverNegative?: (node: Node, inputs: boolean) => boolean;
  /** Whether axis 0 of its weight are the channels of its output, so that a batch norm behind it can go into it. */
  readonly makesChannels?: true;
  /** Whether it normalises by the batch while training and by running statistics (mean, variance) afterwards. */
  readonly runningStatistics?: true;
}

/** Everything that the program knows of one layer type. Adding a layer type is adding one file with one of these. */
export interface OpSpec extends OpTraits {
  /**
   * Output shapes from input shapes (axis 0 is the batch).
   * @throws EspalierError naming the node when shapes do not fit.
   */
  infer(node: Node, inputs: readonly (readonly number[])[], network: Network): (readonly number[])[];
  /** Cost for one sample; absent when the op does no multiply-accumulates worth counting. */
  cost?(node: Node, inputs: readonly (readonly number[])[], network: Network): OpCost;
  /** Says which slots of its inputs, outputs and parameters go together, and which cannot go (see `coupling/`). */
  couple(c: Coupler): void;
  /** The attributes that count channels, when some have left; absent where none of them does. */
  resized?(node: Node, left: Remaining): Node['attrs'];
  /** How its weights mix channels; absent where it has none. */
  mixing?(node: Node, input: readonly number[], weight: readonly number[]): Mixing;
  forward(ctx: ForwardContext, node: Node, inputs: readonly Activation[]): Activation[];
  /** Writes the op as ONNX (opset 17) nodes in NCHW, giving the node's own output names to its last results. */
  emit(ctx: EmitContext, node: Node, inputs: readonly string[]): void;
}
