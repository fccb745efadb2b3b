import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../base/random.ts';
import type { HostRecord, StepFunction, TensorRecord } from '../../backend/backend.ts';
import { descended, freshSlots } from './descent.ts';
import { applied, drawn, type Mlp, variablesOf } from './mlp.ts';

const HIDDEN = [300, 300];
/** How far targets follow in a step. */
const TAU = 0.01;
/** The actor learns at this share of the critic's rate. */
const ACTOR_RATE = 0.1;
const TARGET = 'target/';

export interface ActorCritic {
  readonly actor: Mlp;
  readonly critic: Mlp;
}

export function actorCritic(inputs: number): ActorCritic {
  return {
    actor: { name: 'actor', sizes: [inputs, ...HIDDEN, 1], activation: 'relu' },
    critic: { name: 'critic', sizes: [inputs + 1, ...HIDDEN, 1], activation: 'relu' },
  };
}

/** @param mean what the actor says before it has learned anything, in logits */
export function freshActorCritic({ actor, critic }: ActorCritic, random: Random, mean: number): HostRecord {
  const values = {
    ...drawn(actor, random, { scale: 0.01, bias: mean }),
    ...drawn(critic, random, { scale: 0.01, bias: 0 }),
  };
  const variables = [actor, critic].flatMap(variablesOf);
  const targets = Object.fromEntries(
    variables.map((name) => [`${TARGET}${name}`, values[name] as HostRecord[string]]),
  );
  return { ...values, ...targets, ...freshSlots(values, variables) };
}

/** Inputs: states [n, inputs]. Outputs: action [n, 1] in (0, 1). */
export function actorStep({ actor }: ActorCritic): StepFunction {
  return ({ states }, state) => ({
    outputs: { action: tf.sigmoid(applied(actor, state, states as tf.Tensor)) },
    state: {},
  });
}

/**
 * One step of deep deterministic policy gradients (Lillicrap et al. 2016, arXiv 1509.02971): the critic towards r + Q'(s', mu'(s')), the
 * actor up Q(s, mu(s)), the targets a little after both.
 * Inputs: states and next [n, inputs]; actions, rewards and more (0 at an episode's end), each [n, 1].
 */
export function ddpgStep({ actor, critic }: ActorCritic): StepFunction {
  const quality = (values: TensorRecord, states: tf.Tensor, actions: tf.Tensor) =>
    applied(critic, values, tf.concat([states, actions], 1));
  const acted = (values: TensorRecord, states: tf.Tensor) => tf.sigmoid(applied(actor, values, states));
  return (inputs, state) => {
    const { states, next, actions, rewards, more } = inputs as Record<string, tf.Tensor>;
    const [now, then] = [states as tf.Tensor, next as tf.Tensor];
    const late = Object.fromEntries(
      [actor, critic].flatMap(variablesOf).map((name) => [name, state[`${TARGET}${name}`] as tf.Tensor]),
    );
    const expected = tf.add(
      rewards as tf.Tensor,
      tf.mul(more as tf.Tensor, quality(late, then, acted(late, then))),
    );
    const criticNext = descended(
      state,
      variablesOf(critic),
      (values) => tf.mean(tf.square(tf.sub(quality(values, now, actions as tf.Tensor), expected))),
      inputs,
    );
    const actorNext = descended(
      state,
      variablesOf(actor),
      (values) => tf.neg(tf.mean(quality({ ...values, ...criticNext }, now, acted(values, now)))),
      inputs,
      ACTOR_RATE,
    );
    const updated: TensorRecord = { ...criticNext, ...actorNext };
    const targets = Object.fromEntries(
      [actor, critic].flatMap(variablesOf).map((name) => {
        const target = state[`${TARGET}${name}`] as tf.Tensor;
        const moved = tf.add(tf.mul(target, 1 - TAU), tf.mul(updated[name] as tf.Tensor, TAU));
        return [`${TARGET}${name}`, moved];
      }),
    );
    return { outputs: {}, state: { ...updated, ...targets } };
  };
}
