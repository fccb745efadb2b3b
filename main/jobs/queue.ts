/** Ids that wait for one of a few places, first come, first served. A place is held until it is given back. */
export class Queue {
  private readonly waiting: number[] = [];
  private readonly holders = new Set<number>();
  private readonly places: number;
  private readonly begin: (id: number) => void;
  private open = true;

  constructor(places: number, begin: (id: number) => void) {
    this.places = places;
    this.begin = begin;
  }

  /** Begins at once where a place is free, else in turn. */
  add(id: number): void {
    if (this.waiting.includes(id) || this.holders.has(id)) throw new Error(`${id} is in the queue already.`);
    this.waiting.push(id);
    this.advance();
  }

  /** Takes one out that still waits; false when it does not. */
  withdraw(id: number): boolean {
    const at = this.waiting.indexOf(id);
    if (at >= 0) this.waiting.splice(at, 1);
    return at >= 0;
  }

  /** Gives a place back, and with it the next one its turn. */
  release(id: number): void {
    if (this.holders.delete(id)) this.advance();
  }

  /** Lets nothing begin any more. */
  close(): void {
    this.open = false;
  }

  private advance(): void {
    while (this.open && this.holders.size < this.places) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.holders.add(next);
      this.begin(next);
    }
  }
}
