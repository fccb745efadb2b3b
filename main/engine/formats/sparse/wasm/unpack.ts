/**
 * Writes a module's constants to their places; the inverse of `pack`. It is written into `model.mjs` as it stands, and so uses nothing
 * from outside.
 */
export function unpack(packed: Uint8Array, memory: ArrayBuffer, places: readonly number[]): void {
  /** LEB128 numbers of some bytes, one after the other. */
  function reader(from: Uint8Array, start: number) {
    let at = start;
    return {
      number(): number {
        let [value, factor] = [0, 1];
        for (;;) {
          const byte = from[at++] ?? 0;
          value += (byte % 128) * factor;
          if (byte < 128) return value;
          factor *= 128;
        }
      },
      take(count: number): Uint8Array {
        at += count;
        return from.subarray(at - count, at);
      },
      gaps(count: number, power: number, use: (gap: number, i: number) => void): void {
        let bits = 0;
        const bit = () => ((from[at + (bits >> 3)] ?? 0) >> (bits++ & 7)) & 1;
        for (let i = 0; i < count; i++) {
          let gap = 0;
          while (bit() === 1) gap += 2 ** power;
          for (let j = 0; j < power; j++) gap += bit() * 2 ** j;
          use(gap, i);
        }
        at += (bits + 7) >> 3;
      },
    };
  }

  const floatsIn = (packed: Uint8Array) => new DataView(packed.buffer, packed.byteOffset, packed.byteLength);

  /** Whole numbers by their differences. */
  function sequence(
    next: ReturnType<typeof reader>,
    length: number,
    use: (value: number, i: number) => void,
  ): void {
    let last = 0;
    const add = (coded: number, i: number) => {
      last += coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
      use(last, i);
    };
    const distinct = next.number();
    if (distinct === 0) {
      for (let i = 0; i < length; i++) add(next.number(), i);
      return;
    }
    const differences = Array.from({ length: distinct }, () => next.number());
    next.gaps(length, next.number(), (rank, i) => add(differences[rank] ?? 0, i));
  }

  const next = reader(packed, 0);
  for (const place of places) {
    const kind = next.number();
    const length = next.number();
    if (kind < 2) {
      const values = new Float32Array(memory, place, length);
      if (kind === 0) {
        const view = floatsIn(next.take(length * 4));
        for (let i = 0; i < length; i++) values[i] = view.getFloat32(i * 4, true);
        continue;
      }
      const [count, power] = [next.number(), next.number()];
      const where = new Uint32Array(count);
      next.gaps(count, power, (gap, i) => (where[i] = i === 0 ? gap : (where[i - 1] ?? 0) + 1 + gap));
      const view = floatsIn(next.take(count * 4));
      where.forEach((to, i) => (values[to] = view.getFloat32(i * 4, true)));
      continue;
    }
    // Positions are addresses there: of values of four bytes.
    const table = new Uint32Array(memory, place, length);
    if (kind === 2) {
      sequence(next, length, (value, i) => (table[i] = value * 4));
      continue;
    }
    const count = next.number();
    const columns = new Uint32Array(count);
    sequence(next, count, (value, i) => (columns[i] = value));
    let rank = -1;
    next.gaps(length, next.number(), (gap, i) => {
      rank = (rank + 1 + gap) % count;
      table[i] = (columns[rank] ?? 0) * 4;
    });
  }
}
