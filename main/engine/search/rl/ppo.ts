import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../base/random.ts';
import type { HostRecord, StepFunction, TensorRecord } from '../../backend/backend.ts';
import { descended, freshSlots } from './descent.ts';
import { applied, drawn, type Mlp, variablesOf } from './mlp.ts';

/** Ratios of probabilities count from 1 - this to 1 + this. */
const CLIP = 0.2;
const HIDDEN = [32, 32];

/** The policy's mean in logits, and what reward and cost are expected of a state: three networks. */
export interface ActorCritics {
  readonly policy: Mlp;
  readonly reward: Mlp;
  readonly cost: Mlp;
}

export function actorCritics(inputs: number): ActorCritics {
  const net = (name: string): Mlp => ({ name, sizes: [inputs, ...HIDDEN, 1], activation: 'tanh' });
  return { policy: net('policy'), reward: net('reward'), cost: net('cost') };
}

const netsOf = ({ policy, reward, cost }: ActorCritics): Mlp[] => [policy, reward, cost];

/** @param mean what the policy says before it has learned anything, in logits */
export function freshActorCritics(nets: ActorCritics, random: Random, mean: number): HostRecord {
  const values = {
    ...drawn(nets.policy, random, { scale: 0.01, bias: mean }),
    ...drawn(nets.reward, random, { scale: 0.01, bias: 0 }),
    ...drawn(nets.cost, random, { scale: 0.01, bias: 0 }),
  };
  return { ...values, ...freshSlots(values, netsOf(nets).flatMap(variablesOf)) };
}

/** Inputs: states [n, inputs]. Outputs: mean, reward and cost, each [n, 1]. */
export function actStep(nets: ActorCritics): StepFunction {
  return ({ states }, state) => ({
    outputs: {
      mean: applied(nets.policy, state, states as tf.Tensor),
      reward: applied(nets.reward, state, states as tf.Tensor),
      cost: applied(nets.cost, state, states as tf.Tensor),
    },
    state: {},
  });
}

/**
 * PPO's clipped surrogate (Schulman et al. 2017, arXiv 1707.06347), mean min(q A, clip(q) A), which is to rise.
 * @param ratios q, of the new policy's probabilities to those of the policy that acted
 */
export function surrogate(ratios: tf.Tensor, advantages: tf.Tensor): tf.Tensor {
  const clipped = tf.clipByValue(ratios, 1 - CLIP, 1 + CLIP);
  return tf.mean(tf.minimum(tf.mul(ratios, advantages), tf.mul(clipped, advantages)));
}

/** How much likelier actions became with a normal policy's new means, its deviation unchanged. */
export function ratiosOf(
  actions: tf.Tensor,
  means: tf.Tensor,
  before: tf.Tensor,
  deviation: tf.Tensor,
): tf.Tensor {
  const squares = tf.sub(tf.square(tf.sub(actions, before)), tf.square(tf.sub(actions, means)));
  return tf.exp(tf.div(squares, tf.mul(tf.square(deviation), 2)));
}

/**
 * One epoch of the policy over a batch, up the surrogate.
 * Inputs, each [n, 1] but for states [n, inputs] and the scalar deviation: actions, means (of the policy that acted), advantages.
 */
export function policyStep({ policy }: ActorCritics): StepFunction {
  return (inputs, state) => {
    const { states, actions, means, advantages, deviation } = inputs as Record<string, tf.Tensor>;
    const loss = (values: TensorRecord): tf.Tensor => {
      const mean = applied(policy, values, states as tf.Tensor);
      const q = ratiosOf(actions as tf.Tensor, mean, means as tf.Tensor, deviation as tf.Tensor);
      return tf.neg(surrogate(q, advantages as tf.Tensor));
    };
    return { outputs: {}, state: descended(state, variablesOf(policy), loss, inputs) };
  };
}

/** One epoch of both critics over a batch, towards the returns. Inputs: states [n, inputs], rewards and costs, each [n, 1]. */
export function criticStep({ reward, cost }: ActorCritics): StepFunction {
  return (inputs, state) => {
    const { states, rewards, costs } = inputs as Record<string, tf.Tensor>;
    const loss = (values: TensorRecord): tf.Tensor => {
      const error = (net: Mlp, returns: tf.Tensor) =>
        tf.mean(tf.square(tf.sub(applied(net, values, states as tf.Tensor), returns)));
      return tf.add(error(reward, rewards as tf.Tensor), error(cost, costs as tf.Tensor));
    };
    return { outputs: {}, state: descended(state, [reward, cost].flatMap(variablesOf), loss, inputs) };
  };
}
