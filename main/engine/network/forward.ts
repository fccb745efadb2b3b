import * as tf from '@tensorflow/tfjs-core';
import { Activation } from './activation.ts';
import { neededNodes, type Network, type Node } from './graph.ts';
import { nodeError } from './node-reading.ts';
import type { ForwardContext } from './op.ts';
import { opOf } from './ops/index.ts';
import { logitsName } from './shape.ts';

export interface ForwardOptions {
  /** True: batch statistics, dropout, and new running statistics. False: the network as it is used afterwards. */
  readonly training: boolean;
  /** While training: node name -> keep mask, already scaled by 1 / (1 - rate) (see `dropoutMasks`). */
  readonly dropoutMasks?: Readonly<Record<string, tf.Tensor>>;
}

export interface ForwardResult {
  /** [batch, classes], before any softmax. */
  readonly logits: tf.Tensor2D;
  /** New values of running statistics by parameter name; empty outside training. */
  readonly updates: Record<string, tf.Tensor>;
}

/**
 * Runs the network on one batch up to its logits.
 * @param params all parameters by name, in the shapes of `network.params`; masks are already applied
 * @param input [batch, ...sample] in logical order (channels first)
 */
export function forward(
  network: Network,
  params: Readonly<Record<string, tf.Tensor>>,
  input: tf.Tensor,
  options: ForwardOptions,
): ForwardResult {
  const [name] = network.inputs.map((info) => info.name);
  const wanted = logitsName(network);
  const { values, updates } = forwardValues(network, params, { [name ?? '']: input }, [wanted], options);
  const logits = (values.get(wanted) as Activation).logical();
  const [batch = 1] = logits.shape;
  return { logits: tf.reshape(logits, [batch, logits.size / batch]), updates };
}

/** Runs what is needed to make the wanted values, and gives those and all values on the way by name. */
export function forwardValues(
  network: Network,
  params: Readonly<Record<string, tf.Tensor>>,
  inputs: Readonly<Record<string, tf.Tensor>>,
  wanted: readonly string[],
  options: ForwardOptions,
): { values: Map<string, Activation>; updates: Record<string, tf.Tensor> } {
  const updates: Record<string, tf.Tensor> = {};
  const ctx = contextOf(params, options, updates);
  const values = new Map<string, Activation>();
  for (const [name, tensor] of Object.entries(inputs)) values.set(name, Activation.of(tensor));
  for (const node of neededNodes(network, wanted)) {
    const given = node.inputs.map((name) => {
      const value = values.get(name);
      if (value === undefined) throw nodeError(node, `reads '${name}', which has no value`);
      return value;
    });
    const results = opOf(node).forward(ctx, node, given);
    node.outputs.forEach((name, i) => values.set(name, results[i] as Activation));
  }
  return { values, updates };
}

/** What ops see of a pass: parameters by role, new running statistics into `updates`, dropout masks. */
export function contextOf(
  params: Readonly<Record<string, tf.Tensor>>,
  options: ForwardOptions,
  updates: Record<string, tf.Tensor>,
): ForwardContext {
  const optionalParam = (node: Node, role: string): tf.Tensor | undefined => {
    const name = node.params[role];
    if (name === undefined) return undefined;
    const tensor = params[name];
    if (tensor === undefined) throw nodeError(node, `has no values for its parameter '${name}'`);
    return tensor;
  };
  return {
    training: options.training,
    optionalParam,
    param(node, role) {
      const tensor = optionalParam(node, role);
      if (tensor === undefined) throw nodeError(node, `has no parameter for its ${role}`);
      return tensor;
    },
    update(node, role, value) {
      const name = node.params[role];
      if (name === undefined) throw nodeError(node, `has no parameter for its ${role}`);
      updates[name] = value;
    },
    dropoutMask(node, shape) {
      const mask = options.dropoutMasks?.[node.name];
      if (mask === undefined) throw nodeError(node, 'got no dropout mask for this batch');
      if (mask.shape.join() !== shape.join()) {
        throw nodeError(
          node,
          `got a dropout mask of shape [${mask.shape.join(', ')}] for [${shape.join(', ')}]`,
        );
      }
      return mask;
    },
  };
}
