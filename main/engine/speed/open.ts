import { clocked } from '../evaluate/latency.ts';
import { openRunning } from '../evaluate/running-model.ts';
import { samplesFor } from './samples.ts';
import type { Call, Runs, Target } from './target.ts';

/** A network that is ready to run. */
export interface Opened {
  /** Runs it once. @returns milliseconds, of nothing but the network's own work */
  time(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Makes a network ready in a target.
 * @throws EspalierError where it cannot run here, or naming the layer that cannot be written
 */
export async function openIn(target: Target, model: Runs, { batch, threads }: Call): Promise<Opened> {
  const running = await openRunning(await target.written(model), { threads });
  const time = clocked(running.prepare(samplesFor(model.network, batch), batch));
  return { time, close: () => running.close() };
}
