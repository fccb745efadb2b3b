import { Control } from '../../main/engine/base/control.ts';
import { Random } from '../../main/engine/base/random.ts';
import { unitsOf, type Selected } from '../../main/engine/compress/select.ts';
import type { Selection } from '../../main/engine/compress/selection.ts';
import { networkCost } from '../../main/engine/network/cost.ts';
import { applyCut, cutBy } from '../../main/engine/network/cut-by-masks.ts';
import { cutWeights } from '../../main/engine/network/cut.ts';
import type { Weighed } from '../../main/engine/network/model.ts';
import { byTime } from '../../main/engine/run/stages/timed-widths.ts';
import { forgetting } from '../../main/engine/speed/cache.ts';
import { thisMachine } from '../../main/engine/speed/key.ts';
import { measuredWidths } from '../../main/engine/speed/widths.ts';
import type { Narrower } from './narrower.ts';

/** Halvings of the share of the time that goes. */
const HALVINGS = 16;

/**
 * Networks as a recipe makes them with a budget of latency: widths at the edges of steps that are measured here, chosen by what each
 * saves. Of all shares of the time to go, each time the one that leaves the multiply-accumulates nearest to what is asked.
 */
export async function onSteps(
  { network, weights }: Weighed,
  wanted: readonly number[],
  threads: number,
): Promise<Narrower[]> {
  const selection: Selection = {
    ...{ criterion: 'random', scope: 'global', exclude: [], regrow: false, invert: false, protect: true },
    structure: { kind: 'channel' },
  };
  const timing = {
    machine: thisMachine(),
    call: { batch: 1, threads },
    cache: forgetting,
    control: new Control(),
  };
  const measured = await measuredWidths('onnxruntime', network, {}, timing);
  const units = unitsOf(network, selection);
  const random = Random.from(1, 'scores');
  const drawn = units.groups.map((group): [string, Float32Array] => [
    group.name,
    Float32Array.from({ length: group.units }, () => random.float()),
  ]);
  const whole = new Map(units.groups.map((group) => [group.name, new Uint8Array(group.units).fill(1)]));
  const left: Selected = { kept: whole, masks: units.expand(whole) };
  const select = byTime(measured, network, selection, units.spread(new Map(drawn)), left);
  if (select === undefined) throw new Error('all layers compete');
  return wanted.map((fewer): Narrower => {
    const at = (share: number) => {
      const { masks } = select(share);
      const shrunk = applyCut(network, cutBy(masks, network));
      const off = Math.log(networkCost(network).macs / networkCost(shrunk.network).macs / fewer);
      return { network: shrunk.network, weights: cutWeights(weights, shrunk), masks, off };
    };
    let best = at(0);
    let [low, high] = [0, 1];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = at((low + high) / 2);
      if (Math.abs(middle.off) < Math.abs(best.off)) best = middle;
      if (middle.off < 0) low = (low + high) / 2;
      else high = (low + high) / 2;
    }
    return best;
  });
}
