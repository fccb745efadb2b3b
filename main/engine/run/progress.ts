import type { Progress } from '../../contract/run.ts';

/** At most ten messages a second: a screen shows no more. */
const INTERVAL_MS = 100;
/** The running mean of seconds per step looks back over about this many seconds of work. */
const MEMORY_SECONDS = 5;

/** Turns finished steps into a fraction, a speed and an estimate of the time left. */
export class ProgressMeter {
  private readonly totalSteps: number;
  private readonly send: (progress: Progress) => void;
  private secondsPerStep: number | undefined;
  private samplesPerSecond: number | null = null;
  private lastSent = -Infinity;
  private steps = 0;

  /** @param totalSteps optimiser steps of the whole run. */
  constructor(totalSteps: number, send: (progress: Progress) => void) {
    this.totalSteps = totalSteps;
    this.send = send;
  }

  /** One optimiser step took `seconds` for `samples` samples. The first one, which compiles, tells nothing of the others. */
  step(seconds: number, samples: number): void {
    this.steps++;
    if (this.steps === 1) return;
    const old = this.secondsPerStep ?? seconds;
    const weight = Math.max(1 / this.steps, 1 - Math.exp(-seconds / MEMORY_SECONDS));
    this.secondsPerStep = old + weight * (seconds - old);
    this.samplesPerSecond = this.secondsPerStep > 0 ? samples / this.secondsPerStep : null;
  }

  /**
   * Tells where the run stands; dropped when the last message is too fresh, unless it is `urgent`.
   * @param steps optimiser steps done in the whole run.
   */
  report(stage: number, epoch: number, steps: number, urgent = false): void {
    const now = performance.now();
    if (!urgent && now - this.lastSent < INTERVAL_MS) return;
    this.lastSent = now;
    const left = Math.max(0, this.totalSteps - steps);
    this.send({
      stage,
      epoch,
      step: steps,
      fraction: this.totalSteps === 0 ? 0 : Math.min(1, steps / this.totalSteps),
      etaSeconds: this.secondsPerStep === undefined ? null : left * this.secondsPerStep,
      samplesPerSecond: this.samplesPerSecond,
    });
  }
}
