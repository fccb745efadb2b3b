interface Waiting {
  readonly queue: Queue;
  readonly id: number;
}

/** A few places that queues share: whoever came first is served first, whichever queue it is in. */
export class Places {
  private readonly waiting: Waiting[] = [];
  readonly all: number;
  private held = 0;

  constructor(all: number) {
    this.all = all;
  }

  get taken(): number {
    return this.held;
  }

  /** Gives a place as soon as one is free. */
  ask(queue: Queue, id: number): void {
    this.waiting.push({ queue, id });
    this.advance();
  }

  /** Takes out who waits and fits; returns whether anybody did. */
  forget(queue: Queue, id?: number): boolean {
    const before = this.waiting.length;
    for (let at = before - 1; at >= 0; at--) {
      const one = this.waiting[at];
      if (one?.queue === queue && (id === undefined || one.id === id)) this.waiting.splice(at, 1);
    }
    return this.waiting.length < before;
  }

  waits(queue: Queue, id: number): boolean {
    return this.waiting.some((one) => one.queue === queue && one.id === id);
  }

  /** A place is free again. */
  free(): void {
    this.held -= 1;
    this.advance();
  }

  private advance(): void {
    while (this.held < this.all) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.held += 1;
      next.queue.begin(next.id);
    }
  }
}

/** Ids that wait for one of a few places, first come, first served. A place is held until it is given back. */
export class Queue {
  private readonly holders = new Set<number>();
  private readonly places: Places;
  private readonly started: (id: number) => void;
  private open = true;

  /** @param places how many, or those that are shared with other queues */
  constructor(places: number | Places, started: (id: number) => void) {
    this.places = typeof places === 'number' ? new Places(places) : places;
    this.started = started;
  }

  /** Begins at once where a place is free, else in turn. */
  add(id: number): void {
    if (this.holders.has(id) || this.places.waits(this, id))
      throw new Error(`${id} is in the queue already.`);
    if (this.open) this.places.ask(this, id);
  }

  /** Takes one out that still waits; false when it does not. */
  withdraw(id: number): boolean {
    return this.places.forget(this, id);
  }

  /** Gives a place back, and with it the next one its turn. */
  release(id: number): void {
    if (this.holders.delete(id)) this.places.free();
  }

  /** Lets nothing begin any more. */
  close(): void {
    this.open = false;
    this.places.forget(this);
  }

  /** For the places alone: one of them is this id's now. */
  begin(id: number): void {
    this.holders.add(id);
    this.started(id);
  }
}
