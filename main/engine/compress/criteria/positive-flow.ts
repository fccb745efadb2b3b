import * as tf from '@tensorflow/tfjs-core';
import { inputError, type EspalierError } from '../../../contract/errors.ts';
import type { TensorRecord } from '../../backend/backend.ts';
import { Activation } from '../../network/activation.ts';
import { contextOf } from '../../network/forward.ts';
import { neededNodes, type Network, type Node } from '../../network/graph.ts';
import type { ForwardContext } from '../../network/op.ts';
import { opOf } from '../../network/ops/index.ts';
import { logitsName } from '../../network/shape.ts';

/** A value as tensor * 2^exponent. */
interface Scaled {
  readonly value: Activation;
  /** A whole number, as a scalar. */
  readonly exponent: tf.Tensor;
}

/** Parameters that are added: they shrink with the values that they are added to. */
const additive = new Set(['bias', 'shift', 'mean']);

const NO_FLOW = 1e-30;

/**
 * The sum of a network's outputs where all parameters and inputs are not negative, as total * 2^exponent. Every layer's
 * output is divided by a power of two and the powers are counted apart, so that a deep residual network (10^70 for 56 layers)
 * does not leave the range of float32; the division is exact, and gradients of `total` are those of the sum / 2^exponent.
 * @throws EspalierError for layers whose output does not grow in proportion with their input.
 */
export function positiveFlow(
  network: Network,
  params: TensorRecord,
  input: tf.Tensor,
): { total: tf.Scalar; exponent: tf.Tensor } {
  const ctx = contextOf(params, { training: false }, {});
  const wanted = logitsName(network);
  const values = new Map<string, Scaled>([
    [network.inputs[0]?.name ?? '', { value: Activation.of(input), exponent: tf.scalar(0) }],
  ]);
  for (const node of neededNodes(network, [wanted])) {
    const given = node.inputs.map((name) => values.get(name) as Scaled);
    const result = flowThrough(ctx, node, given);
    node.outputs.forEach((name) => values.set(name, result));
  }
  const { value, exponent } = values.get(wanted) as Scaled;
  return { total: tf.sum(value.logical()), exponent };
}

function flowThrough(ctx: ForwardContext, node: Node, given: readonly Scaled[]): Scaled {
  const spec = opOf(node);
  if (spec.flow === 'passes') return given[0] as Scaled;
  if (stopsFlow(node)) throw unfit(node);
  const { values, exponent } = aligned(given);
  const [result] = spec.forward(shrunk(ctx, node, exponent), node, values);
  const scaled = { value: result as Activation, exponent };
  // What changes size is brought back to a mean between 1 and 2.
  return spec.flow === 'keeps' ? scaled : normalised(scaled);
}

/** The values with the largest of their exponents. */
function aligned(given: readonly Scaled[]): { values: Activation[]; exponent: tf.Tensor } {
  const [first, ...others] = given as [Scaled, ...Scaled[]];
  if (others.length === 0) return { values: [first.value], exponent: first.exponent };
  const exponent = others.reduce((largest, other) => tf.maximum(largest, other.exponent), first.exponent);
  const values = given.map((part) => {
    const factor = powerOfTwo(tf.sub(part.exponent, exponent));
    return part.value.map((tensor) => tf.mul(tensor, factor));
  });
  return { values, exponent };
}

function normalised({ value, exponent }: Scaled): Scaled {
  // Floor has no slope: the gradient sees the power as the constant that it is.
  const mean = tf.maximum(tf.mean(value.isChannelsLast ? value.spatial() : value.logical()), NO_FLOW);
  const power = tf.floor(tf.div(tf.log(mean), Math.LN2));
  const factor = powerOfTwo(tf.neg(power));
  return { value: value.map((tensor) => tf.mul(tensor, factor)), exponent: tf.add(exponent, power) };
}

function powerOfTwo(exponent: tf.Tensor): tf.Tensor {
  return tf.pow(tf.scalar(2), exponent);
}

/** The same context, with what the node adds divided by the power that its input was divided by. */
function shrunk(ctx: ForwardContext, node: Node, exponent: tf.Tensor): ForwardContext {
  const sized = (role: string, tensor: tf.Tensor) =>
    additive.has(role) || (role === 'constant' && node.op === 'Add')
      ? tf.mul(tensor, powerOfTwo(tf.neg(exponent)))
      : tensor;
  return {
    ...ctx,
    param: (of, role) => sized(role, ctx.param(of, role)),
    optionalParam(of, role) {
      const tensor = ctx.optionalParam(of, role);
      return tensor === undefined ? undefined : sized(role, tensor);
    },
  };
}

/** Why a network has no positive flow: the first layer whose output does not grow in proportion with its input. */
export function withoutFlow(network: Network): EspalierError | undefined {
  const stop = neededNodes(network, [logitsName(network)]).find(stopsFlow);
  return stop === undefined ? undefined : unfit(stop);
}

function stopsFlow(node: Node): boolean {
  const { flow } = opOf(node);
  return flow === undefined || (flow === 'resizes by a constant' && node.inputs.length > 1);
}

function unfit(node: Node): EspalierError {
  return inputError(
    'criterion/not-homogeneous',
    `SynFlow has no scores for a network with ${node.op} '${node.name}': its output does not grow in proportion with its input.`,
    {
      field: 'prune.criterion',
      remedy: "Choose a criterion that looks at data, such as 'snip', or a network with ReLU activations.",
    },
  );
}
