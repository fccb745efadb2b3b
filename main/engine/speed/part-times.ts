import { z } from 'zod';
import { Random } from '../base/random.ts';
import { spreadSchema, type Spread } from '../../contract/speed.ts';
import type { TargetId } from '../../contract/targets.ts';
import type { Control } from '../base/control.ts';
import { quantile, timeInTurns } from '../evaluate/latency.ts';
import type { Network } from '../network/graph.ts';
import { initialize } from '../network/initialize.ts';
import { programVersion } from '../base/versions.ts';
import { speedKey } from './key.ts';
import { openIn, type Opened } from './open.ts';
import type { Part } from './parts.ts';
import { ratioOf } from './spread.ts';
import type { Call, Runs, Target } from './target.ts';
import { targetOf } from './targets/index.ts';
import type { Timing } from './twins.ts';

const partTimesSchema = z.object({
  /** Milliseconds of a call with all units. */
  ms: z.number().positive(),
  /** By width, the time of a call over that. */
  times: z.array(z.object({ width: z.number().int(), time: spreadSchema })),
});
/** How the time of a part climbs with a width; what is kept on the disk, too. */
export type PartTimes = z.infer<typeof partTimesSchema>;

/** Widths that are open at once, beside the whole one that they are timed in turns with. */
const TOGETHER = 16;
/** What the whole one may be slower than before, and how often it is tried again where it is: something else had the processor. */
const SLOW = 1.25;
const TRIES = 2;
const RUNS = 40;
const SECONDS = 1.5;

/**
 * Times a part at several widths, each in turns with the whole one: ratios survive a busy machine and times do not.
 * @param widths ascending, the whole one last
 * @throws EspalierError where it cannot be measured here
 * @throws CancelledError when it was cancelled; what was measured is kept
 */
export async function partTimes(
  id: TargetId,
  part: Part,
  widths: readonly number[],
  { machine, call, cache, again = false, control }: Timing,
): Promise<PartTimes> {
  const target = targetOf(id);
  const whole = part.at(widths.at(-1) ?? 1);
  const runs = [whole, part.at(widths[0] ?? 1)].map(withWeights);
  const versions = [await target.version(), `widths ${widths.join()}`];
  const key = speedKey({ program: programVersion(), machine, target, versions, call, models: runs });
  const known = again ? undefined : await cache.read(key, partTimesSchema);
  if (known !== undefined) return known;
  const times: { width: number; time: Spread }[] = [];
  let ms = Infinity;
  for (let from = 0; from < widths.length - 1; from += TOGETHER) {
    const some = widths.slice(from, Math.min(from + TOGETHER, widths.length - 1));
    const networks = [whole, ...some.map((width) => part.at(width))];
    const models = networks.map(withWeights);
    let [base, ...others] = await timed(target, models, call, control);
    for (let i = 0; i < TRIES && quantile(base ?? [], 0.5) > ms * SLOW; i++) {
      [base, ...others] = await timed(target, models, call, control);
    }
    ms = Math.min(ms, quantile(base ?? [], 0.5));
    others.forEach((own, i) => times.push({ width: some[i] ?? 0, time: ratioOf(own, base ?? []) }));
  }
  times.push({ width: widths.at(-1) ?? 1, time: { median: 1, low: 1, high: 1 } });
  const found = { ms, times };
  await cache.write(key, found);
  return found;
}

/** Times of networks that take turns. */
async function timed(
  target: Target,
  models: readonly Runs[],
  call: Call,
  control: Control,
): Promise<number[][]> {
  const opened: Opened[] = [];
  try {
    for (const model of models) {
      await control.gate();
      opened.push(await openIn(target, model, call));
    }
    const calls = opened.map((one) => () => one.time());
    return await timeInTurns(calls, { runs: RUNS, seconds: SECONDS, gate: () => control.gate() });
  } finally {
    for (const one of opened) await one.close();
  }
}

const withWeights = (network: Network): Runs => ({
  network,
  weights: initialize(network, Random.from(1, 'steps')),
  masks: new Map(),
});
