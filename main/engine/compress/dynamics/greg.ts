import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { HostRecord } from '../../backend/backend.ts';
import { copyMasks, copyWeights, applyMasks } from '../masks.ts';
import { sizeOf, type MaskSet } from '../../network/graph.ts';
import { wholeMasks } from '../select.ts';
import type { Pooling } from '../structures/pooling.ts';
import type { Dynamics, DynamicsStart, LiveTraining } from './dynamics.ts';
import { formatPercent } from '../../../words/format.ts';
import { leastRatio, MagnitudeRatios } from './greg-ratio.ts';
import { gregSchedule, type GRegSchedule } from './greg-schedule.ts';

/** Names of the extra tensors: the penalties of the weights that go and of those that stay, and which ones go (1). */
const GOING = 'lambda/going';
const STAYING = 'lambda/staying';
const picked = (name: string) => `picked/${name}`;

/** Whole channels go by the L1 norms of what makes and reads them. */
export const L1_NORMS: Partial<Pooling> = { power: 1 };

/** Steps between two looks at how small the picked weights have become, at least. */
const LOOK_EVERY = 10;

const savedSchema = z.strictObject({
  /** Running means of the magnitude ratios, by parameter. */
  ratios: z.record(z.string(), z.number()),
  /** The penalty that no longer grows because every layer has given way. */
  heldAt: z.number().nullable(),
});

/**
 * Growing regularisation (Wang et al. 2021): lambda_i w_i is added to the gradient of weight i, on top of
 * the ordinary weight decay, and lambda grows on the weights that are to go until they are nearly zero: until the schedule's
 * ceiling, or until in every layer the kept weights are on average a thousand times as large as those that go. They are
 * removed when the stage ends; what would be removed now is what an epoch's measurement sees. Of a channel that is picked the
 * penalty grows on all that leaves with it: what makes it, what reads it, its biases and norms. Before the pick, and on what
 * stays, it is on weights alone, as the paper has it.
 * @param recovery penalty of the weights that stay, once the others are picked.
 */
export function growingRegularisation(
  { network, spec, saved }: DynamicsStart,
  pickFirst: boolean,
  recovery: number,
): Dynamics {
  const names = [...wholeMasks(network, spec.selection).keys()];
  const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  const isWeight = (name: string) => network.params[name]?.role === 'weight';
  const extras: HostRecord = { [GOING]: scalar(0), [STAYING]: scalar(0) };
  for (const name of names) {
    const shape = network.params[name]?.shape ?? [];
    // Nothing is picked yet: all weights are treated alike, and biases and norms, which whole channels have, are left alone.
    extras[picked(name)] = { shape, data: new Float32Array(sizeOf(shape)).fill(isWeight(name) ? 1 : 0) };
  }
  const before = savedSchema.optional().parse(saved);
  const ratios = new MagnitudeRatios(before?.ratios);
  let heldAt = before?.heldAt ?? null;

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
    return [...weightsIn(masks).values()].some((mask) => mask.includes(1)) ? masks : undefined;
  }

  /** Biases and norms may be zero before anything is picked, and have no magnitude to compare. */
  const weightsIn = (masks: MaskSet): MaskSet => new Map([...masks].filter(([name]) => isWeight(name)));

  /** Tells how small what is about to go has become: the smaller, the less its removal disturbs. */
  async function tellAtEnd(live: LiveTraining): Promise<void> {
    const masks = await pickedMasks(live);
    const least = masks && leastRatio(await live.weights(), weightsIn(masks));
    if (least === undefined) return;
    live.find(
      `Before the last step the weights to remove had at most ${formatPercent(1 / least.ratio, 2)} of the mean magnitude of those that stay, the most in ${least.name}.`,
    );
  }

  /** Stops the growth once what goes is small beside what stays, in every layer. */
  async function look(done: number, schedule: GRegSchedule, live: LiveTraining): Promise<void> {
    const since = done - schedule.pickAt;
    const every = schedule.every * Math.ceil(LOOK_EVERY / schedule.every);
    if (heldAt !== null || since <= 0 || since % every !== 0 || done >= schedule.stabiliseAt) return;
    const masks = await pickedMasks(live);
    if (masks === undefined || !ratios.add(await live.weights(), weightsIn(masks))) return;
    heldAt = schedule.penalty(done - 1);
    live.log(
      `The weights to remove are a thousandth of the others in every layer: the penalty stays at ${heldAt.toPrecision(3)}`,
    );
  }

  return {
    extras,
    hooks: {
      penalty(name, weight, { [GOING]: going, [STAYING]: staying, ...values }) {
        const chosen = values[picked(name)];
        if (chosen === undefined || going === undefined || staying === undefined) return undefined;
        if (!isWeight(name)) return tf.mul(weight, tf.mul(chosen, going));
        return tf.mul(weight, tf.add(staying, tf.mul(chosen, tf.sub(going, staying))));
      },
    },
    async beforeStep(done, total, live) {
      const schedule = gregSchedule(total, pickFirst);
      if (done === schedule.pickAt) await pick(live);
      await look(done, schedule, live);
      if (done === total - 1) await tellAtEnd(live);
      const staying = done < schedule.pickAt ? 0 : recovery;
      live.writeExtras({ [GOING]: scalar(heldAt ?? schedule.penalty(done)), [STAYING]: scalar(staying) });
    },
    async deployed(live) {
      const masks = copyMasks((await pickedMasks(live)) ?? (await live.select(spec.target, 'greg/deployed')));
      const weights = copyWeights(await live.weights());
      applyMasks(weights, masks);
      return { weights, masks };
    },
    save: () => ({ ratios: ratios.save(), heldAt }),
  };
}
