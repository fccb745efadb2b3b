import { timedTwinSchema, type TargetSpeed, type TimedTwin } from '../../contract/speed.ts';
import type { TargetId } from '../../contract/targets.ts';
import { timeInTurns } from '../evaluate/latency.ts';
import type { Control } from '../base/control.ts';
import type { Kept } from './cache.ts';
import { programVersion } from '../base/versions.ts';
import { speedKey, type Machine } from './key.ts';
import { openIn } from './open.ts';
import { ratioOf, spreadOf } from './spread.ts';
import type { Call, Runs, Target } from './target.ts';
import { targetOf } from './targets/index.ts';

const RUNS = 300;
/** For a twin and the whole network in turns. */
const SECONDS = 2;

/** What twins are timed with. */
export interface Timing {
  readonly machine: Machine;
  readonly call: Call;
  readonly cache: Kept;
  /** Measures anew what is kept, too. */
  readonly again?: boolean;
  readonly control: Control;
}

/**
 * How fast a twin is in a target beside the whole network in onnxruntime, from the cache where it was measured before.
 * @param whole the network before pruning
 * @param twin what is planned of it, with any weights
 * @throws EspalierError where it cannot be measured here
 * @throws CancelledError when it was cancelled
 */
export async function twinSpeed(
  id: TargetId,
  whole: Runs,
  twin: Runs,
  { machine, call, cache, again = false, control }: Timing,
): Promise<TargetSpeed> {
  const target = targetOf(id);
  const reference = targetOf('onnxruntime');
  const versions = [await target.version(), await reference.version()];
  const key = speedKey({ program: programVersion(), machine, target, versions, call, models: [whole, twin] });
  const known = again ? undefined : await cache.read(key, timedTwinSchema);
  if (known !== undefined) return { ...known, target: id, threads: call.threads, reused: true };
  const timed = await measured(reference, whole, target, twin, call, control);
  await cache.write(key, timed);
  return { ...timed, target: id, threads: call.threads, reused: false };
}

async function measured(
  reference: Target,
  whole: Runs,
  target: Target,
  twin: Runs,
  call: Call,
  control: Control,
): Promise<TimedTwin> {
  const gate = () => control.gate();
  const before = await openIn(reference, whole, call);
  try {
    const after = await openIn(target, twin, call);
    try {
      const [old = [], now = []] = await timeInTurns([() => before.time(), () => after.time()], {
        runs: RUNS,
        seconds: SECONDS,
        gate,
      });
      const layers = await target.layers?.([whole, twin], call);
      return {
        ms: spreadOf(now),
        wholeMs: spreadOf(old),
        faster: ratioOf(old, now),
        ...(layers && { layers: besides(layers) }),
        at: new Date().toISOString(),
      };
    } finally {
      await after.close();
    }
  } finally {
    await before.close();
  }
}

/** Times of layers side by side; one that is missing on a side takes no time there. */
function besides([before = new Map(), after = new Map()]: readonly ReadonlyMap<string, number>[]) {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.map((name) => ({ name, before: before.get(name) ?? 0, after: after.get(name) ?? 0 }));
}
