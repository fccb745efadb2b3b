import type { Forecast } from '../../contract/forecast.ts';
import { EspalierError } from '../../contract/errors.ts';
import { targetFacts, targetSchema, type TargetId } from '../../contract/targets.ts';
import { termsOf } from '../../contract/amount.ts';
import type { CouplingOptions } from '../../contract/groups.ts';
import type { Gain, SpeedForecast } from '../../contract/speed.ts';
import type { Control } from '../base/control.ts';
import type { Subject } from '../compress/budgets/budget.ts';
import { fusesLayers } from '../compress/fusion/fuses.ts';
import { costOfRun } from '../run/cost.ts';
import { SpeedCache } from '../speed/cache.ts';
import { breakEven } from '../speed/gains.ts';
import { thisMachine } from '../speed/key.ts';
import { measuredWidths } from '../speed/widths.ts';
import { twinSpeed, type Timing } from '../speed/twins.ts';
import { foresee, type ForecastOptions, type Foreseen } from './foresee.ts';
import { foreseeFusions } from './fusions.ts';
import { layersForecast } from './forecast.ts';
import { leavesOf, twinOf, wholeOf } from './twin.ts';

/** Sparsities whose twins tell from where on a target gains. */
const CALIBRATED = [0.5, 0.7, 0.8, 0.9, 0.95];

export interface SpeedOptions extends ForecastOptions {
  /** Where times are kept. */
  readonly cacheFolder: string;
  /** All of them when left out. */
  readonly targets?: readonly TargetId[];
  /** How the network is called; as a budget of latency has it, or as reports time it: one sample, on all cores where more than one can be used. */
  readonly call?: { readonly batch?: number; readonly threads?: number };
  /** Measures anew what is kept, too. */
  readonly again?: boolean;
  /** Also from what sparsity on targets gain, or where channels leave at which widths. */
  readonly gains?: boolean;
  /** Also what the run will need. */
  readonly cost?: boolean;
}

/** What a recipe's budget leaves of the layers, and how fast that is here. */
export interface Foretold {
  readonly forecast: Forecast;
  readonly speed: SpeedForecast;
}

/**
 * Whether a recipe's network will be faster on this machine: a twin of it, with weights by chance at the widths or under the masks
 * that are planned, is built and run in every target beside the whole network. Nothing is trained but some steps that tell what a run
 * will need.
 * @throws EspalierError when the recipe is at fault
 * @throws CancelledError when it was cancelled; what was measured is kept
 */
export function speedForecast(options: SpeedOptions, control: Control): Promise<Foretold> {
  const { progress = () => undefined, cost = false } = options;
  const first = { ...options, trains: cost, progress: (share: number) => progress(share * SCORING) };
  if (fusesLayers(options.recipe)) {
    return foreseeFusions(first, control, async ({ forecast, ...planned }) => ({
      forecast,
      speed: await speedOf({ ...planned, deeper: {} }, options, control),
    }));
  }
  return foresee(first, control, async (foreseen) => ({
    forecast: layersForecast(foreseen),
    speed: await speedOf(plannedBy(foreseen), options, control),
  }));
}

/** The share of what comes after it that twins are taken for where widths are timed too. */
const TWINS = 0.2;
/** The share of the work that scoring is taken for. */
const SCORING = 0.2;

/** What is timed. */
interface Planned extends Pick<Foreseen, 'context' | 'stages'> {
  readonly twin: Subject['model'];
  /** What else there is to find out where that is asked: stairs of widths where channels leave, gains of zeros otherwise. */
  readonly deeper: {
    readonly leaves?: CouplingOptions;
    readonly zeros?: (sparsity: number) => Subject['model'];
  };
}

function plannedBy(foreseen: Foreseen): Planned {
  const { context, stages, protectedMasks } = foreseen;
  const leaves = leavesOf(foreseen);
  const deeper =
    leaves === undefined
      ? { zeros: (sparsity: number) => twinOf(foreseen, foreseen.select(sparsity)) }
      : { leaves };
  return { context, stages, twin: twinOf(foreseen, protectedMasks), deeper };
}

async function speedOf(planned: Planned, options: SpeedOptions, control: Control): Promise<SpeedForecast> {
  const { context, stages, twin, deeper } = planned;
  const { targets = targetSchema.options, progress = () => undefined } = options;
  const machine = thisMachine();
  const cache = new SpeedCache(options.cacheFolder);
  const asked = { ...callOf(planned), ...options.call };
  const timingOf = (target: TargetId): Timing => {
    const threads = targetFacts[target].oneThread === true ? 1 : (asked.threads ?? machine.cores);
    const call = { batch: asked.batch, threads };
    return { machine, call, control, cache, again: options.again ?? false };
  };
  const found: SpeedForecast = {
    ...{ processor: machine.processor, batch: asked.batch },
    ...{ speeds: [], missing: [], gains: [], stairs: null },
    cost: options.cost === true ? await costOfRun({ ...context, stages }, twin) : null,
  };
  const whole = wholeOf(planned);
  const { leaves, zeros } = options.gains === true ? deeper : {};
  // Stairs of widths take longer than twins do, and are measured where the network is to run.
  const climbed = leaves && (asked.target ?? targets[0]);
  const twins = climbed === undefined ? 1 : TWINS;
  const done = (share: number) => progress(SCORING + (1 - SCORING) * share);
  for (const [i, target] of targets.entries()) {
    await control.gate();
    done(twins * (i / targets.length));
    const timing = timingOf(target);
    try {
      found.speeds.push(await twinSpeed(target, whole, twin, timing));
      if (target === climbed && leaves !== undefined) {
        const climbing = (share: number) => done(twins + (1 - twins) * share);
        const { groups } = await measuredWidths(target, whole.network, leaves, timing, climbing);
        found.stairs = { target, groups };
      } else if (zeros !== undefined && targetFacts[target].zeros === undefined) {
        found.gains.push(await gainOf(target, whole, zeros, timing));
      }
    } catch (error) {
      if (!(error instanceof EspalierError)) throw error;
      found.missing.push({ target, why: error.problem.message });
    }
  }
  progress(1);
  return found;
}

async function gainOf(
  target: TargetId,
  whole: Subject['model'],
  withZeros: (sparsity: number) => Subject['model'],
  timing: Timing,
): Promise<Gain> {
  const points: Gain['points'] = [];
  for (const sparsity of CALIBRATED) {
    await timing.control.gate();
    const { faster } = await twinSpeed(target, whole, withZeros(sparsity), timing);
    points.push({ sparsity, faster: faster.median });
  }
  return { target, from: breakEven(points), points };
}

/** How a budget of latency has the network called. */
function callOf({ context }: Pick<Planned, 'context'>): {
  readonly batch: number;
  readonly threads: number | undefined;
  readonly target: TargetId | undefined;
} {
  const call = termsOf(context.recipe.budget).find(({ kind }) => kind === 'latency')?.call;
  return { batch: call?.batch ?? 1, threads: call?.threads, target: call?.target };
}
