/** Bytes that grow. */
export class Bytes {
  private room = new Uint8Array(1024);
  length = 0;

  /** LEB128. */
  number(...values: readonly number[]): void {
    for (const value of values) {
      let rest = value;
      while (rest >= 128) {
        this.byte((rest % 128) + 128);
        rest = Math.floor(rest / 128);
      }
      this.byte(rest);
    }
  }

  bytes(values: Uint8Array): void {
    this.grow(values.length);
    this.room.set(values, this.length);
    this.length += values.length;
  }

  /** Rice codes in bits, the lowest of a byte first, filled up to whole bytes. */
  gaps(gaps: Uint32Array, power: number): void {
    let [held, count] = [0, 0];
    const put = (value: number, bits: number) => {
      held |= value << count;
      count += bits;
      for (; count >= 8; count -= 8) {
        this.byte(held & 255);
        held >>>= 8;
      }
    };
    for (const gap of gaps) {
      let ones = gap >>> power;
      for (; ones >= 8; ones -= 8) put(255, 8);
      put((1 << ones) - 1, ones + 1);
      // No more than 24 bits at once: up to seven are held already.
      put(gap & ((1 << Math.min(power, 16)) - 1), Math.min(power, 16));
      if (power > 16) put((gap >>> 16) & ((1 << (power - 16)) - 1), power - 16);
    }
    if (count > 0) this.byte(held);
  }

  all(): Uint8Array {
    return this.room.slice(0, this.length);
  }

  private byte(value: number): void {
    this.grow(1);
    this.room[this.length++] = value;
  }

  private grow(by: number): void {
    if (this.length + by <= this.room.length) return;
    const more = new Uint8Array(Math.max(this.length + by, this.room.length * 2));
    more.set(this.room);
    this.room = more;
  }
}
