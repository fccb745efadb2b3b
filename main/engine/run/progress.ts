import type { Progress } from '../../contract/run.ts';

/** At most ten messages a second: a screen shows no more. */
const INTERVAL_MS = 100;
/** The running mean of seconds per step looks back over about this many seconds of work. */
const MEMORY_SECONDS = 5;

/** What a run does besides training, counted in training steps that take as long. */
interface Besides {
  readonly total: number;
  readonly done: number;
}

/** Turns finished steps into a fraction, a speed and an estimate of the time left. */
export class ProgressMeter {
  private readonly totalSteps: number;
  private readonly send: (progress: Progress) => void;
  private secondsPerStep: number | undefined;
  private samplesPerSecond: number | null = null;
  private lastSent = -Infinity;
  private steps = 0;
  private besides: number;
  private evaluations: Progress['evaluations'];

  /** @param totalSteps optimiser steps of the whole run. */
  constructor(
    totalSteps: number,
    send: (progress: Progress) => void,
    besides: Besides = { total: 0, done: 0 },
  ) {
    this.totalSteps = totalSteps + besides.total;
    this.send = send;
    this.besides = besides.done;
  }

  /**
   * One optimiser step took `seconds` for `samples` samples. The first one, which compiles, tells nothing of the others.
   */
  step(seconds: number, samples: number): void {
    this.measured(seconds, 1, samples);
  }

  /**
   * One evaluation of a search, or a part of a fit, took `seconds` for `samples` samples, and is counted as so many steps.
   * @param done of all evaluations of the stage at work, where they are told
   */
  evaluation(seconds: number, samples: number, steps: number, done?: Progress['evaluations']): void {
    this.measured(seconds, steps, samples);
    this.besides += steps;
    this.evaluations = done;
  }

  /** What was counted as so many steps is not needed. */
  passed(steps: number): void {
    this.besides += steps;
  }

  private measured(seconds: number, steps: number, samples: number): void {
    this.steps++;
    if (this.steps === 1) return;
    const own = seconds / steps;
    const old = this.secondsPerStep ?? own;
    const weight = Math.max(1 / this.steps, 1 - Math.exp(-seconds / MEMORY_SECONDS));
    this.secondsPerStep = old + weight * (own - old);
    const samplesPerStep = samples / steps;
    this.samplesPerSecond = this.secondsPerStep > 0 ? samplesPerStep / this.secondsPerStep : null;
  }

  /**
   * Tells where the run stands; dropped when the last message is too fresh, unless it is `urgent`.
   * @param steps optimiser steps done in the whole run.
   */
  report(stage: number, epoch: number, steps: number, urgent = false): void {
    const now = performance.now();
    if (!urgent && now - this.lastSent < INTERVAL_MS) return;
    this.lastSent = now;
    const done = steps + this.besides;
    const left = Math.max(0, this.totalSteps - done);
    this.send({
      stage,
      epoch,
      step: steps,
      fraction: this.totalSteps === 0 ? 0 : Math.min(1, done / this.totalSteps),
      etaSeconds: this.secondsPerStep === undefined ? null : left * this.secondsPerStep,
      samplesPerSecond: this.samplesPerSecond,
      ...(this.evaluations && { evaluations: this.evaluations }),
    });
  }

  /** A stage is over: what it counted is no longer told. */
  next(): void {
    this.evaluations = undefined;
  }
}
