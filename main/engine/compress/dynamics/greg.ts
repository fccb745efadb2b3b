import * as tf from '@tensorflow/tfjs-core';
import type { HostRecord } from '../../backend/backend.ts';
import { copyMasks, copyWeights, applyMasks } from '../masks.ts';
import { sizeOf, type MaskSet } from '../../network/graph.ts';
import { candidates } from '../select.ts';
import type { Dynamics, DynamicsStart, LiveTraining } from './dynamics.ts';
import { gregSchedule } from './greg-schedule.ts';

/** Names of the extra tensors: the penalties of the weights that go and of those that stay, and which ones go (1). */
const GOING = 'lambda/going';
const STAYING = 'lambda/staying';
const picked = (name: string) => `picked/${name}`;

/**
 * Growing regularisation (Wang et al. 2021), for single weights: lambda_i w_i is added to the gradient of weight i, on top of
 * the ordinary weight decay, and lambda grows on the weights that are to go until they are nearly zero. They are removed
 * when the stage ends; what would be removed now is what an epoch's measurement sees.
 * @param recovery penalty of the weights that stay, once the others are picked.
 */
export function growingRegularisation(
  { network, spec }: DynamicsStart,
  pickFirst: boolean,
  recovery: number,
): Dynamics {
  const names = candidates(network, spec.selection.exclude);
  const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  const extras: HostRecord = { [GOING]: scalar(0), [STAYING]: scalar(0) };
  for (const name of names) {
    const shape = network.params[name]?.shape ?? [];
    // Nothing is picked yet: all weights are treated alike.
    extras[picked(name)] = { shape, data: new Float32Array(sizeOf(shape)).fill(1) };
  }

  async function pick(live: LiveTraining): Promise<void> {
    const masks = await live.select(spec.target, 'greg/pick');
    const values: HostRecord = {};
    for (const [name, mask] of masks) {
      const data = Float32Array.from(mask, (kept) => 1 - kept);
      values[picked(name)] = { shape: network.params[name]?.shape ?? [], data };
    }
    live.writeExtras(values);
  }

  /** What the picked weights leave; undefined while nothing is picked. */
  async function pickedMasks(live: LiveTraining): Promise<MaskSet | undefined> {
    const values = await live.readExtras(names.map(picked));
    const masks: MaskSet = new Map();
    for (const name of names) {
      masks.set(
        name,
        Uint8Array.from(values[picked(name)]?.data ?? [], (going) => 1 - going),
      );
    }
    return [...masks.values()].some((mask) => mask.includes(1)) ? masks : undefined;
  }

  return {
    extras,
    hooks: {
      penalty(name, weight, { [GOING]: going, [STAYING]: staying, ...values }) {
        const chosen = values[picked(name)];
        if (chosen === undefined || going === undefined || staying === undefined) return undefined;
        return tf.mul(weight, tf.add(staying, tf.mul(chosen, tf.sub(going, staying))));
      },
    },
    async beforeStep(done, total, live) {
      const schedule = gregSchedule(total, pickFirst);
      if (done === schedule.pickAt) await pick(live);
      const staying = done < schedule.pickAt ? 0 : recovery;
      live.writeExtras({ [GOING]: scalar(schedule.penalty(done)), [STAYING]: scalar(staying) });
    },
    async deployed(live) {
      const masks = copyMasks((await pickedMasks(live)) ?? (await live.select(spec.target, 'greg/deployed')));
      const weights = copyWeights(await live.weights());
      applyMasks(weights, masks);
      return { weights, masks };
    },
    save: () => null,
  };
}
