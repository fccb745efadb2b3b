import { performance } from 'node:perf_hooks';
import type { Latency } from '../../contract/report.ts';
import { Random } from '../base/random.ts';
import { openRunning, type Runnable, type RunningModel } from './running-model.ts';

export interface LatencyOptions {
  /** Shape of one sample, without the batch. */
  readonly sampleShape: readonly number[];
  /** Samples per call, for models that take any number. */
  readonly batch?: number;
  /** Threads of one operator; all cores when left out. */
  readonly threads?: number;
  /** Timed calls of each model, unless the time runs out first (but never fewer than 10). */
  readonly runs?: number;
  /** Wall-clock seconds for all models together. */
  readonly seconds?: number;
}

const MIN_RUNS = 10;
/** Share of the time that goes to calls which are not counted: allocation, caches, clock frequency. */
const WARM_UP = 0.2;

/**
 * Times models against each other on this machine's CPU: ONNX in onnxruntime, our WebAssembly modules and our C by themselves. Each round calls
 * every model once, in an order that rotates, so that a slow moment of the machine hits all of them alike.
 *
 * @param models files' bytes, or what says how to run them
 * @returns one result for each model, in their order
 */
export async function measureLatency(
  models: readonly (Uint8Array | Runnable)[],
  options: LatencyOptions,
): Promise<Latency[]> {
  const { sampleShape, batch = 1, runs = 300, seconds = 6 } = options;
  const size = sampleShape.reduce((product, dim) => product * dim, batch);
  const random = Random.from(1, 'latency');
  const values = Float32Array.from({ length: size }, () => random.normal());
  const opened: RunningModel[] = [];
  try {
    for (const model of models) opened.push(await openRunning(model, { threads: options.threads }));
    const calls = opened.map((model) => clocked(model.prepare(values, batch)));
    const times = await timeInTurns(calls, { runs, seconds });
    return times.map((samples, i) =>
      latencyOf(samples, { batch: opened[i]?.fixedBatch ?? batch, threads: opened[i]?.threads ?? 1 }),
    );
  } finally {
    for (const model of opened) await model.close();
  }
}

/** What a report says of some calls' milliseconds. */
export function latencyOf(samples: readonly number[], call: Pick<Latency, 'batch' | 'threads'>): Latency {
  const at = (q: number) => quantile(samples, q);
  return { median: at(0.5), p90: at(0.9), p95: at(0.95), ...call, runs: samples.length };
}

/** A call with the milliseconds that it took, by its own clock where it has one. */
export function clocked(call: () => Promise<number | undefined>): () => Promise<number> {
  return async () => {
    const start = performance.now();
    const own = await call();
    return own ?? performance.now() - start;
  };
}

/** How long calls are repeated. */
interface Repeated {
  /** Calls of each that count, unless the time runs out first (but never fewer than 10). */
  readonly runs: number;
  /** Seconds for all of them together. */
  readonly seconds: number;
  /** Asked before every round; ends the timing where it throws. */
  readonly gate?: () => Promise<void>;
}

/**
 * Milliseconds of several calls that take turns, in an order that rotates, so that a slow moment of the machine hits all alike. What
 * warms up is left out.
 * @param calls each says how long it took
 * @returns of each call all times, in the order of the rounds
 */
export async function timeInTurns(
  calls: readonly (() => Promise<number>)[],
  { runs, seconds, gate }: Repeated,
): Promise<number[][]> {
  const rounds = async (count: number, atLeast: number, within: number) => {
    const times: number[][] = calls.map(() => []);
    const deadline = performance.now() + within * 1000;
    for (let round = 0; round < count; round++) {
      if (round >= atLeast && performance.now() > deadline) break;
      await gate?.();
      for (let turn = 0; turn < calls.length; turn++) {
        const which = (round + turn) % calls.length;
        const ms = (await calls[which]?.()) ?? NaN;
        times[which]?.push(ms);
      }
    }
    return times;
  };
  await rounds(Math.ceil(runs * WARM_UP), 1, seconds * WARM_UP);
  return rounds(runs, MIN_RUNS, seconds * (1 - WARM_UP));
}

/**
 * The q-quantile of some numbers by linear interpolation between order statistics (Hyndman and Fan's type 7).
 * @param q 0 = smallest, 1 = largest
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no values to take a quantile of');
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
