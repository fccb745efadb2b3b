/**
 * Slots that go together: union-find (Galler and Fisher 1964) over integers, with one note for each set. Of two notes the
 * smaller number stays.
 */
export class Slots {
  private readonly parent: Int32Array;
  private readonly notes: Int32Array;

  constructor(count: number) {
    this.parent = Int32Array.from({ length: count }, (_, i) => i);
    this.notes = new Int32Array(count).fill(NOTHING);
  }

  /** The slot that stands for all those that go with this one. */
  find(slot: number): number {
    let at = slot;
    for (let up = this.parent[at] as number; up !== at; up = this.parent[at] as number) {
      // Halving the path keeps later searches short.
      this.parent[at] = this.parent[up] as number;
      at = up;
    }
    return at;
  }

  unite(a: number, b: number): void {
    const [left, right] = [this.find(a), this.find(b)];
    if (left === right) return;
    const [root, other] = left < right ? [left, right] : [right, left];
    this.parent[other] = root;
    this.notes[root] = Math.min(this.notes[root] as number, this.notes[other] as number);
  }

  note(slot: number, note: number): void {
    const root = this.find(slot);
    this.notes[root] = Math.min(this.notes[root] as number, note);
  }

  /** The set's note; undefined where it has none. */
  noteOf(slot: number): number | undefined {
    const note = this.notes[this.find(slot)] as number;
    return note === NOTHING ? undefined : note;
  }
}

const NOTHING = 2 ** 31 - 1;
