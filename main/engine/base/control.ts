/** Thrown at the next gate after a run was cancelled; the session turns it into a checkpoint and a quiet end. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** Pause and cancel for a run: whoever does long work passes a gate between steps. */
export class Control {
  private readonly aborter = new AbortController();
  private wanted = false;
  private waiting: { promise: Promise<void>; open: () => void } | undefined;
  private readonly onPaused: (paused: boolean) => void;

  constructor(onPaused: (paused: boolean) => void = () => undefined) {
    this.onPaused = onPaused;
  }

  /** Aborted, with a CancelledError as its reason, once the run was cancelled: for work that takes a signal. */
  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  /** A checkpoint is wanted as soon as one can be written. */
  askCheckpoint(): void {
    this.wanted = true;
  }

  /** Whether one is wanted since the last one. */
  get checkpointAsked(): boolean {
    return this.wanted;
  }

  /** A checkpoint was written. */
  checkpointMade(): void {
    this.wanted = false;
  }

  /** The work stops at its next gate until `resume`. */
  pause(): void {
    if (this.waiting !== undefined || this.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting = { promise, open: resolve };
  }

  resume(): void {
    this.waiting?.open();
    this.waiting = undefined;
  }

  /** The work ends at its next gate; a paused run too. */
  cancel(): void {
    this.aborter.abort(new CancelledError('cancelled'));
    this.resume();
  }

  /**
   * Lets messages in, waits while paused.
   * @throws CancelledError once the run was cancelled.
   */
  async gate(): Promise<void> {
    if (this.waiting !== undefined) {
      this.onPaused(true);
      while (this.waiting !== undefined) await this.waiting.promise;
      if (!this.signal.aborted) this.onPaused(false);
    }
    this.signal.throwIfAborted();
  }
}
