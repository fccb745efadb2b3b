import { stairsSchema, type Stairs } from '../../contract/speed.ts';
import { Random } from '../base/random.ts';
import { quantile, timeInTurns } from '../evaluate/latency.ts';
import { NetworkBuilder } from '../network/builder.ts';
import { networkCost } from '../network/cost.ts';
import type { Network } from '../network/graph.ts';
import { initialize } from '../network/initialize.ts';
import { numberAttr } from '../network/node-reading.ts';
import { inferShapes } from '../network/shape.ts';
import { speedKey } from './key.ts';
import { openIn, type Opened } from './open.ts';
import type { Runs } from './target.ts';
import { targetOf } from './targets/index.ts';
import type { Timing } from './twins.ts';
import type { TargetId } from '../../contract/targets.ts';

/** Numbers of channels that kernels may compute at once. */
const STEPS = [4, 8, 16] as const;
/** What one channel more must cost beyond its own share to be the edge of a step: less is noise. */
const EDGE = 0.05;
/** Shapes of layers that are measured, those that cost most. */
const SHAPES = 3;
const RUNS = 100;
const SECONDS = 1;

/** A convolution whose channels may leave, as far as its time hangs on it. */
interface LayerShape {
  readonly ins: number;
  readonly outs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly size: number;
}

/** Widths at which steps show: a multiple of 16, and of 8 and 4 beside it, each with its next. */
export function widthsAround(base: number): readonly number[] {
  return [...STEPS].flatMap((step) => {
    const edge = step === 16 ? base : base + step;
    return [edge, edge + 1];
  });
}

/**
 * The number of channels that kernels compute at once: the smallest of 4, 8 and 16 past whose multiples one channel costs more than a
 * channel's share by 5 %, here and at the larger ones.
 * @param times milliseconds at `widthsAround(base)`
 * @returns the step and what a channel past it costs, as a share; step 1 where widths make no difference that can be told
 */
export function stairsOf(times: readonly number[], base: number): Stairs {
  const costs = STEPS.map((_, i) => (times[2 * i + 1] ?? NaN) / (times[2 * i] ?? NaN) - 1 - 1 / base);
  const edges = costs.map((cost) => cost > EDGE);
  const first = edges.findIndex((_, i) => edges.slice(i).every(Boolean));
  if (first === -1) return { step: 1, costs: Math.max(...costs) };
  return { step: STEPS[first] ?? 1, costs: costs[first] ?? NaN };
}

/**
 * How the time of a network's convolutions climbs with their width in a target, measured on twins of its dearest layers: the step that
 * most of their work has.
 * @throws EspalierError where it cannot be measured here
 * @throws CancelledError when it was cancelled
 */
export async function measuredStairs(
  id: TargetId,
  network: Network,
  timing: Omit<Timing, 'again'>,
): Promise<Stairs> {
  const found: (Stairs & { readonly macs: number })[] = [];
  for (const { shape, macs } of layerShapes(network)) {
    found.push({ ...(await stairsOfLayer(id, shape, timing)), macs });
  }
  const work = (step: number) => found.reduce((sum, one) => sum + (one.step === step ? one.macs : 0), 0);
  const step = [1, ...STEPS].reduce((best, each) => (work(each) > work(best) ? each : best));
  const costs = found.filter((one) => one.step === step).map((one) => one.costs);
  return { step, costs: costs.length === 0 ? 0 : quantile(costs, 0.5) };
}

async function stairsOfLayer(
  id: TargetId,
  { ins, outs, kernel, stride, size }: LayerShape,
  { machine, call, cache, control }: Omit<Timing, 'again'>,
): Promise<Stairs> {
  // About as wide as a layer is of which half has left.
  const base = Math.max(16, Math.floor(outs / 64) * 32);
  const models = widthsAround(base).map((width): Runs => {
    const network = new NetworkBuilder('layer', [ins, size, size])
      .conv('makes', width, { kernel, stride })
      .relu()
      .conv('reads', ins, { kernel })
      .build();
    return { network, weights: initialize(network, Random.from(1, 'steps')), masks: new Map() };
  });
  const target = targetOf(id);
  const key = speedKey({ machine, target, versions: [await target.version()], call, models });
  const known = await cache.read(key, stairsSchema);
  if (known !== undefined) return known;
  const opened: Opened[] = [];
  try {
    for (const model of models) opened.push(await openIn(target, model, call));
    const calls = opened.map((one) => () => one.time());
    const times = await timeInTurns(calls, { runs: RUNS, seconds: SECONDS, gate: () => control.gate() });
    const stairs = stairsOf(times.map((own) => quantile(own, 0.5)), base); // prettier-ignore
    await cache.write(key, stairs);
    return stairs;
  } finally {
    for (const one of opened) await one.close();
  }
}

/** The shapes of a network's convolutions, each once, that cost most. */
function layerShapes(network: Network): { shape: LayerShape; macs: number }[] {
  const shapes = inferShapes(network, 1);
  const costs = new Map(networkCost(network).layers.map(({ name, macs }) => [name, macs]));
  const found = new Map<string, { shape: LayerShape; macs: number }>();
  for (const node of network.nodes) {
    const [outs = 0, ins = 0, kernel = 1] = network.params[node.params['weight'] ?? '']?.shape ?? [];
    const [, , size = 0] = shapes.get(node.inputs[0] ?? '') ?? [];
    if (node.op !== 'Conv2D' || numberAttr(node, 'group', 1) !== 1 || outs < 32) continue;
    const stride = Array.isArray(node.attrs['strides']) ? Number(node.attrs['strides'][0]) : 1;
    const shape = { ins, outs, kernel, stride, size };
    const key = JSON.stringify(shape);
    const macs = (found.get(key)?.macs ?? 0) + (costs.get(node.name) ?? 0);
    found.set(key, { shape, macs });
  }
  return [...found.values()].sort((a, b) => b.macs - a.macs).slice(0, SHAPES);
}
