import type { RunData } from './context.ts';

/** Counts the seconds of work into the run's data, under the stage at work. */
export class StageClock {
  private readonly data: Pick<RunData, 'stage' | 'seconds'>;
  private since = performance.now();

  constructor(data: Pick<RunData, 'stage' | 'seconds'>) {
    this.data = data;
  }

  /** What went by before counts for no stage. */
  start(): void {
    this.since = performance.now();
  }

  /** Counts what went by since it was asked last. Seconds of all stages so far. */
  worked(): number {
    const { stage, seconds } = this.data;
    const now = performance.now();
    if (stage < seconds.length) seconds[stage] = (seconds[stage] ?? 0) + (now - this.since) / 1000;
    this.since = now;
    return seconds.reduce((sum, each) => sum + each, 0);
  }
}
